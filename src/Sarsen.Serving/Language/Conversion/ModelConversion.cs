using Sarsen.Formats;

namespace Sarsen.Serving.Language.Conversion;

/// <summary>
/// A language model's files as the other kind: a folder of Hugging Face's as a GGUF file, and a GGUF file as a folder, with
/// configuration, tokenizer, chat template, settings of generation and weights. Weights go through piece by piece.
/// </summary>
public static class ModelConversion
{
    /// <param name="from">A folder, or a GGUF file.</param>
    /// <param name="to">The file, which replaces an older one, or the folder, which must not be there.</param>
    /// <param name="options">How.</param>
    /// <param name="stop">Asked between pieces.</param>
    /// <returns>What the other kind cannot say, or says otherwise: a sentence each.</returns>
    /// <exception cref="ModelLoadException">There is no model, it is damaged or of a family that is not supported, or the other kind cannot hold it.</exception>
    /// <exception cref="IOException">The disk is full or refuses, or the folder is there; nothing is left behind.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; nothing is left behind.</exception>
    public static IReadOnlyList<string> Run(string from, string to, ModelConversionOptions? options = null, CancellationToken stop = default)
    {
        options ??= new ModelConversionOptions();
        try
        {
            if (HuggingFaceFolder.IsAt(from))
                return GgufFromFolder.Run(from, to, options, stop);
            if (!File.Exists(from) || !TensorSources.IsGguf(from))
                throw new ModelLoadException($"'{from}' holds no language model: name a GGUF file, or a folder with {HuggingFaceFolder.ConfigName} and safetensors");
            if (File.Exists(to) || Directory.Exists(to))
                throw new IOException($"'{to}' is there already: a model's folder replaces nothing; give another name");
            if (options.Type is { } type && type.ToUpperInvariant() is not ("F32" or "F16" or "BF16"))
                throw new ModelLoadException($"a folder of safetensors holds F32, F16 or BF16, not {type}: convert to one of these");
            return FolderFromGguf.Run(from, to, options, stop);
        }
        catch (ModelFormatException e)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }
}
