using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Models.Encoders;

namespace Sarsen.Models.Embeddings;

/// <summary>
/// The steps of a sentence-transformers folder, <c>modules.json</c>: a network, a pooling, a normalisation. A folder without is a
/// network alone: the mean of its tokens, as it is. What is not known is refused by name.
/// </summary>
internal sealed record EmbeddingModules
{
    private const string FileName = "modules.json";

    public EmbeddingSettings Settings { get; private init; } = new();

    /// <summary>The folder of the network.</summary>
    public required string Network { get; init; }

    /// <summary>Is the network a table of vectors.</summary>
    public bool IsStatic { get; private init; }

    /// <exception cref="ModelFormatException">A file is damaged or asks for what is not supported.</exception>
    public static EmbeddingModules Read(string folder)
    {
        string file = Path.Combine(folder, FileName);
        var modules = new EmbeddingModules { Network = folder };
        if (!File.Exists(file))
            return modules;
        using JsonDocument document = HuggingFaceFolder.ReadSettings(file);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            throw new ModelFormatException(file, 0, "the file must hold a list of modules");
        foreach (JsonElement element in document.RootElement.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object)
                throw new ModelFormatException(file, 0, "a module must be an object with type and path");
            var module = new ConfigReader(file, element);
            string type = module.Text("type"), path = Inside(file, folder, module.Text("path", ""));
            modules = type[(type.LastIndexOf('.') + 1)..] switch
            {
                "Transformer" => modules.WithNetwork(path),
                "StaticEmbedding" => modules with { Network = path, IsStatic = true },
                "Pooling" => modules with { Settings = modules.Settings with { Pooling = Pooling(Path.Combine(path, "config.json")) } },
                "Normalize" => modules with { Settings = modules.Settings with { Normalize = true } },
                string other => throw module.Unsupported("type", other, "Transformer, StaticEmbedding, Pooling and Normalize are"),
            };
        }
        return modules;
    }

    private EmbeddingModules WithNetwork(string path)
    {
        string file = Path.Combine(path, "sentence_bert_config.json");
        if (!File.Exists(file))
            return this with { Network = path };
        using JsonDocument document = HuggingFaceFolder.ReadSettings(file);
        int most = new ConfigReader(file, document.RootElement).Int("max_seq_length", 0);
        return this with { Network = path, Settings = Settings with { MaxLength = most > 0 ? most : null } };
    }

    private static EncoderPooling Pooling(string file)
    {
        using JsonDocument document = HuggingFaceFolder.ReadSettings(file);
        var json = new ConfigReader(file, document.RootElement);
        string[] modes = [.. document.RootElement.EnumerateObject().Where(p => p.Name.StartsWith("pooling_mode_", StringComparison.Ordinal) && p.Value.ValueKind == JsonValueKind.True).Select(p => p.Name)];
        return modes switch
        {
            ["pooling_mode_mean_tokens"] => EncoderPooling.Mean,
            ["pooling_mode_cls_token"] => EncoderPooling.First,
            _ => throw json.Unsupported("pooling_mode", string.Join(" and ", modes), "one of mean_tokens and cls_token is"),
        };
    }

    // A module's folder lies within the model's.
    private static string Inside(string file, string folder, string path)
    {
        string full = Path.GetFullPath(Path.Combine(folder, path)), root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return full == root || full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new ModelFormatException(file, 0, $"the path '{path}' leads out of the model's folder");
    }
}
