using Sarsen.Formats;
using Sarsen.Formats.Blocks;
using Sarsen.Models.Decoders;
using Sarsen.Tensors.Threads;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Serving.Language.Conversion;

/// <summary>A language model's folder as a GGUF file.</summary>
internal static class GgufFromFolder
{
    // Elements of a piece, whole rows.
    private const long PieceElements = 1 << 20;

    public static IReadOnlyList<string> Run(string from, string to, ModelConversionOptions options, CancellationToken stop)
    {
        HuggingFaceFolder folder = HuggingFaceFolder.Read(from);
        using ITensorSource weights = folder.OpenWeights();
        var conversion = DecoderConversion.ToGguf(folder, weights);
        string most = ModelInspection.Of(from).Types[0].Type;
        bool known = GgufMixture.Names.Contains(most);
        GgufMixture mixture = GgufMixture.Find(options.Type ?? (known ? most : "F16"));
        Dictionary<string, GgufValue> metadata = Metadata(folder, conversion, mixture, out IReadOnlyList<string> lost);
        GgufTensorSpec[] single = [.. conversion.Tensors.Select(t => new GgufTensorSpec(t.Name, BlockTypes.Find("F32"), t.Shape))];
        IReadOnlyList<GgufTensorSpec> tensors = mixture.Apply(single, metadata, out IReadOnlyList<string> other);
        using GgufWriter writer = GgufWriter.Create(to, metadata, tensors, options.Workers ?? Workers.Shared);
        long done = 0, all = tensors.Sum(t => t.Shape.Count);
        foreach (GgufTensorSpec tensor in tensors)
            Write(conversion.Source, tensor, writer, elements => options.OnProgress?.Invoke(done += elements, all), stop);
        writer.Commit();
        string[] type = options.Type is null && !known ? [$"weights of {most} are stored as F16, which a GGUF file can have"] : [];
        return [.. type, .. conversion.Notes, .. lost, .. other];
    }

    private static Dictionary<string, GgufValue> Metadata(HuggingFaceFolder folder, DecoderConversion conversion, GgufMixture mixture, out IReadOnlyList<string> lost)
    {
        string file = Path.Combine(folder.Path, "tokenizer.json");
        if (folder.Tokenizer is not { } json)
            throw new ModelFormatException(folder.Path, 0, "the folder has no tokenizer.json, without which a GGUF file is no whole model");
        Tokenizer tokenizer = TokenizerJson.Read(json, file);
        var metadata = new Dictionary<string, GgufValue>(conversion.Metadata, StringComparer.Ordinal)
        {
            ["general.name"] = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Path))),
            [GgufMixture.FileTypeKey] = mixture.FileType,
        };
        foreach ((string key, GgufValue value) in GgufTokenizerWriter.Write(json, file, conversion.Config.VocabSize, SpecialTokens.Of(folder, tokenizer), out lost))
            metadata[key] = value;
        if (folder.ChatTemplate is { } template)
            metadata["tokenizer.chat_template"] = template;
        if (folder.GenerationConfig is { } generation)
        {
            foreach ((string key, GgufValue value) in SamplingKeys.ToGguf(generation))
                metadata[key] = value;
        }
        return metadata;
    }

    private static void Write(ITensorSource from, GgufTensorSpec tensor, GgufWriter writer, Action<long> progress, CancellationToken stop)
    {
        long rows = tensor.Shape[0], width = tensor.Shape.Count / Math.Max(1, rows), most = Math.Max(1, PieceElements / Math.Max(1, width));
        float[] values = [];
        for (long row = 0; row < rows; row += most)
        {
            stop.ThrowIfCancellationRequested();
            long count = Math.Min(most, rows - row);
            Array.Resize(ref values, checked((int)(count * width)));
            from.ReadRows(tensor.Name, row, count, values);
            try
            {
                writer.Write(tensor.Name, values);
            }
            catch (ArgumentException e)
            {
                throw new ModelFormatException(from.Path, 0, $"'{tensor.Name}' cannot be stored so: {e.Message}", e);
            }
            progress(values.Length);
        }
    }
}
