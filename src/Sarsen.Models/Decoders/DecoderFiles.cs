using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Models.Decoders.Architectures;
using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>Decoders from files: Hugging Face's folders, <c>config.json</c> and safetensors, and GGUF.</summary>
public static class DecoderFiles
{
    private const string ConfigFile = "config.json";

    private const string WeightsFile = "model.safetensors";

    /// <summary>Builds the model of a folder and reads its weights, from one safetensors file or several with an index, as f32.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="ModelFormatException">A file is missing or damaged, or asks for what is not supported.</exception>
    public static DecoderModel Load(string path)
    {
        bool isWhole = !File.Exists(Path.Combine(path, SafetensorsShards.IndexName));
        if (isWhole && !File.Exists(Path.Combine(path, WeightsFile)))
            throw new ModelFormatException(Path.Combine(path, WeightsFile), 0, $"is not there, and {SafetensorsShards.IndexName} neither: this folder holds no weights as safetensors");
        using ITensorSource weights = isWhole ? SafetensorsFile.Open(Path.Combine(path, WeightsFile)) : SafetensorsShards.Open(path);
        return Load(path, weights);
    }

    /// <summary>Builds the model of a folder and reads its weights, as f32.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="weights">Its tensors, under Hugging Face's names.</param>
    /// <exception cref="ModelFormatException">A file is missing or damaged, or asks for what is not supported.</exception>
    public static DecoderModel Load(string path, ITensorSource weights)
    {
        (Architecture architecture, DecoderConfig config) = ReadConfig(Path.Combine(path, ConfigFile));
        var model = new DecoderModel(config);
        ReadWeights(model, name => architecture.Parts(config, name), weights);
        return model;
    }

    /// <summary>Builds the model of a GGUF file and reads its weights, as f32.</summary>
    /// <exception cref="ModelFormatException">The file is damaged, or asks for what is not supported.</exception>
    public static DecoderModel LoadGguf(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        Architecture architecture = ArchitectureCatalogue.Of(file);
        DecoderModel model;
        DecoderConfig config = architecture.Config(file);
        try
        {
            model = new DecoderModel(config);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(path, 0, e.Message, e);
        }
        ReadWeights(model, name => architecture.GgufParts(config, name), file);
        return model;
    }

    internal static (Architecture Architecture, DecoderConfig Config) ReadConfig(string file)
    {
        if (!File.Exists(file))
            throw new ModelFormatException(file, 0, "is not there: this folder holds no model of Hugging Face's kind");
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new ModelFormatException(file, 0, "an object is expected");
            var reader = new ConfigReader(file, json.RootElement);
            Architecture architecture = ArchitectureCatalogue.Of(file, reader.Text("model_type"));
            DecoderConfig config = architecture.Config(reader);
            config.Validate();
            return (architecture, config);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ModelFormatException(file, 0, e.Message, e);
        }
    }

    /// <summary>Fills every parameter with the rows that it is made of.</summary>
    internal static void ReadWeights(DecoderModel model, Func<string, IEnumerable<TensorPart>> parts, ITensorSource from)
    {
        foreach (ModuleState state in model.State())
        {
            Span<float> values = state.Value.AsSpan<float>();
            long width = state.Value.Rank > 1 ? state.Value.Count / state.Value.Shape[0] : 1, row = 0, rows = state.Value.Shape[0];
            foreach (TensorPart part in parts(state.Name))
            {
                string name = part.Otherwise is { } otherwise && !from.Contains(part.Name) && from.Contains(otherwise) ? otherwise : part.Name;
                Shape stored = from.ShapeOf(name);
                long count = part.Count ?? (stored[0] - part.First), inner = stored.Rank > 1 ? stored.Count / stored[0] : 1;
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
