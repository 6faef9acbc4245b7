using Sarsen.Formats;
using Sarsen.Models.Decoders.Architectures;
using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Models.Decoders;

/// <summary>Decoders from files: Hugging Face's folders, <c>config.json</c> and safetensors, and GGUF.</summary>
public static class DecoderFiles
{
    /// <summary>Builds the model of a folder and reads its weights.</summary>
    /// <param name="folder">What is built.</param>
    /// <param name="use">What for; training and reading of elements when not given.</param>
    /// <param name="workers">Who puts weights into order; the whole worker set when null.</param>
    /// <exception cref="ModelFormatException">A file is missing or damaged, or asks for what is not supported.</exception>
    public static DecoderModel Load(HuggingFaceFolder folder, WeightUse use = WeightUse.Elements, Workers? workers = null)
    {
        using ITensorSource weights = folder.OpenWeights();
        return Load(folder, weights, use, workers);
    }

    /// <summary>Builds the model that a folder describes and reads its weights from elsewhere.</summary>
    /// <param name="folder">What is built.</param>
    /// <param name="weights">Its tensors, under Hugging Face's names.</param>
    /// <param name="use">What for.</param>
    /// <param name="workers">Who puts weights into order; the whole worker set when null.</param>
    /// <exception cref="ModelFormatException">A file is damaged, or asks for what is not supported.</exception>
    public static DecoderModel Load(HuggingFaceFolder folder, ITensorSource weights, WeightUse use = WeightUse.Elements, Workers? workers = null)
    {
        string file = Path.Combine(folder.Path, HuggingFaceFolder.ConfigName);
        var reader = new ConfigReader(file, folder.Config);
        Architecture architecture = ArchitectureCatalogue.Of(file, reader.Text("model_type"));
        return Build(file, () => architecture.Config(reader), architecture.Parts, architecture.Turned(weights), use, workers);
    }

    /// <summary>Builds the model of a GGUF file and reads its weights.</summary>
    /// <param name="file">The file.</param>
    /// <param name="use">What for.</param>
    /// <param name="workers">Who puts weights into order; the whole worker set when null.</param>
    /// <exception cref="ModelFormatException">The file is damaged, or asks for what is not supported.</exception>
    public static DecoderModel Load(GgufFile file, WeightUse use = WeightUse.Elements, Workers? workers = null)
    {
        Architecture architecture = ArchitectureCatalogue.Of(file.Path, file.Metadata);
        return Build(file.Path, () => architecture.Config(file.Metadata, file), architecture.GgufParts, file, use, workers);
    }

    private static DecoderModel Build(string path, Func<DecoderConfig> read, Func<DecoderConfig, string, IEnumerable<TensorPart>> parts, ITensorSource weights, WeightUse use, Workers? workers)
    {
        DecoderConfig config = Read(path, read, weights);
        var model = new DecoderModel(config);
        ReadWeights(model, name => parts(config, name), weights, use, workers);
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
    internal static void ReadWeights(Module model, Func<string, IEnumerable<TensorPart>> parts, ITensorSource from, WeightUse use = WeightUse.Elements, Workers? workers = null)
    {
        var held = new HeldWeights(from, workers ?? Workers.Shared);
        foreach (ModuleState state in model.State())
        {
            IReadOnlyList<TensorPart> rows = Rows(state, parts(state.Name), from);
            if (use == WeightUse.Products && state is { Parameter: { } parameter, Shape.Rank: 2 })
                parameter.Hold(held.Read(state.Shape[1], rows));
            else
                ReadElements(state, rows, from);
        }
    }

    /// <summary>The rows that fill a parameter, each part with its stored name and its count.</summary>
    private static List<TensorPart> Rows(ModuleState state, IEnumerable<TensorPart> parts, ITensorSource from)
    {
        var rows = new List<TensorPart>();
        long width = state.Shape.Rank > 1 ? state.Shape.Count / state.Shape[0] : 1, row = 0;
        foreach (TensorPart part in parts)
        {
            string name = part.Otherwise is { } otherwise && !from.Contains(part.Name) && from.Contains(otherwise) ? otherwise : part.Name;
            Shape stored = from.ShapeOf(name);
            long count = part.Count ?? (stored[0] - part.First), inner = stored.Rank > 1 ? stored.Count / Math.Max(1, stored[0]) : 1;
            if (inner != width || count < 0 || row + count > state.Shape[0] || part.First + count > stored[0])
                throw new ModelFormatException(from.Path, 0, $"'{name}' has the shape {stored}, which does not fit '{state.Name}' of {state.Shape}: the configuration is of another model");
            if (count > 0)
                rows.Add(part with { Name = name, Count = count });
            row += count;
        }
        if (row != state.Shape[0])
            throw new ModelFormatException(from.Path, 0, $"'{state.Name}' of {state.Shape} is filled by {row} rows: the configuration is of another model");
        return rows;
    }

    private static void ReadElements(ModuleState state, IReadOnlyList<TensorPart> rows, ITensorSource from)
    {
        Span<float> values = state.Value.AsSpan<float>();
        long width = state.Shape.Rank > 1 ? state.Shape.Count / state.Shape[0] : 1;
        foreach (TensorPart part in rows)
        {
            Span<float> into = values[..checked((int)(part.Count!.Value * width))];
            from.ReadRows(part.Name, part.First, part.Count.Value, into);
            for (int i = 0; i < into.Length && part.Plus != 0; i++)
                into[i] += (float)part.Plus;
            values = values[into.Length..];
        }
    }
}
