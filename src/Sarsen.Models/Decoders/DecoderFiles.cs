using Sarsen.Formats;
using Sarsen.Models.Decoders.Architectures;
using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>Decoders from files: Hugging Face's folders, <c>config.json</c> and safetensors, and GGUF.</summary>
public static class DecoderFiles
{
    /// <summary>Builds the model of a folder and reads its weights, as f32.</summary>
    /// <exception cref="ModelFormatException">A file is missing or damaged, or asks for what is not supported.</exception>
    public static DecoderModel Load(HuggingFaceFolder folder)
    {
        using ITensorSource weights = folder.OpenWeights();
        return Load(folder, weights);
    }

    /// <summary>Builds the model that a folder describes and reads its weights from elsewhere.</summary>
    /// <param name="folder">What is built.</param>
    /// <param name="weights">Its tensors, under Hugging Face's names.</param>
    /// <exception cref="ModelFormatException">A file is damaged, or asks for what is not supported.</exception>
    public static DecoderModel Load(HuggingFaceFolder folder, ITensorSource weights)
    {
        string file = Path.Combine(folder.Path, HuggingFaceFolder.ConfigName);
        var reader = new ConfigReader(file, folder.Config);
        Architecture architecture = ArchitectureCatalogue.Of(file, reader.Text("model_type"));
        return Build(file, () => architecture.Config(reader), architecture.Parts, architecture.Turned(weights));
    }

    /// <summary>Builds the model of a GGUF file and reads its weights, as f32.</summary>
    /// <exception cref="ModelFormatException">The file is damaged, or asks for what is not supported.</exception>
    public static DecoderModel Load(GgufFile file)
    {
        Architecture architecture = ArchitectureCatalogue.Of(file.Path, file.Metadata);
        return Build(file.Path, () => architecture.Config(file.Metadata, file), architecture.GgufParts, file);
    }

    private static DecoderModel Build(string path, Func<DecoderConfig> read, Func<DecoderConfig, string, IEnumerable<TensorPart>> parts, ITensorSource weights)
    {
        DecoderConfig config = Read(path, read, weights);
        var model = new DecoderModel(config);
        ReadWeights(model, name => parts(config, name), weights);
        return model;
    }

    /// <summary>A configuration that was checked, and compared with the weights that are there.</summary>
    internal static DecoderConfig Read(string path, Func<DecoderConfig> read, ITensorSource weights)
    {
        DecoderConfig config;
        try
        {
            config = read();
            config.Validate();
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new ModelFormatException(path, 0, e.Message, e);
        }
        // Before memory is taken for it: a configuration may say anything.
        if (config.ParameterCount > 2.0 * weights.Elements)
            throw new ModelFormatException(path, 0, $"the configuration asks for {config.ParameterCount:N0} parameters, '{weights.Path}' holds {weights.Elements:N0}: the configuration is of another model");
        return config;
    }

    /// <summary>Fills every parameter with the rows that it is made of.</summary>
    internal static void ReadWeights(Module model, Func<string, IEnumerable<TensorPart>> parts, ITensorSource from)
    {
        foreach (ModuleState state in model.State())
        {
            Span<float> values = state.Value.AsSpan<float>();
            long width = state.Value.Rank > 1 ? state.Value.Count / state.Value.Shape[0] : 1, row = 0, rows = state.Value.Shape[0];
            foreach (TensorPart part in parts(state.Name))
            {
                string name = part.Otherwise is { } otherwise && !from.Contains(part.Name) && from.Contains(otherwise) ? otherwise : part.Name;
                Shape stored = from.ShapeOf(name);
                long count = part.Count ?? (stored[0] - part.First), inner = stored.Rank > 1 ? stored.Count / Math.Max(1, stored[0]) : 1;
                if (inner != width || count < 0 || row + count > rows || part.First + count > stored[0])
                    throw new ModelFormatException(from.Path, 0, $"'{name}' has the shape {stored}, which does not fit '{state.Name}' of {state.Value.Shape}: the configuration is of another model");
                Span<float> into = values.Slice(checked((int)(row * width)), checked((int)(count * width)));
                from.ReadRows(name, part.First, count, into);
                for (int i = 0; i < into.Length && part.Plus != 0; i++)
                    into[i] += (float)part.Plus;
                row += count;
            }
            if (row != rows)
                throw new ModelFormatException(from.Path, 0, $"'{state.Name}' of {state.Value.Shape} is filled by {row} rows: the configuration is of another model");
        }
    }
}
