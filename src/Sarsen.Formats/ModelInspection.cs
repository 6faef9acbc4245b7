using System.Globalization;
using System.Text.Json;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>What is in a model's files, without a look at the weights themselves.</summary>
/// <param name="Format">What the files are, such as <c>GGUF 3</c>.</param>
/// <param name="Files">The files that were looked at.</param>
/// <param name="Metadata">What the files say beside the tensors, in their order.</param>
/// <param name="Tensors">In the order of the files and of their bytes.</param>
public sealed record ModelInspection(string Format, IReadOnlyList<string> Files, IReadOnlyList<InspectedValue> Metadata, IReadOnlyList<InspectedTensor> Tensors)
{
    private const int ShownElements = 8;

    /// <summary>Of all tensors together.</summary>
    public long Elements => Tensors.Sum(t => t.Elements);

    /// <summary>What the tensors take in the files, and in memory where they are kept as they are.</summary>
    public long Bytes => Tensors.Sum(t => t.Bytes);

    /// <summary>What they take in memory as f32.</summary>
    public long SingleBytes => checked(Elements * sizeof(float));

    /// <summary>The tensors of each type together, the largest first.</summary>
    public IReadOnlyList<InspectedType> Types =>
    [
        .. Tensors.GroupBy(t => t.Type, StringComparer.Ordinal)
            .Select(g => new InspectedType(g.Key, g.Count(), g.Sum(t => t.Elements), g.Sum(t => t.Bytes)))
            .OrderByDescending(t => t.Bytes).ThenBy(t => t.Type, StringComparer.Ordinal),
    ];

    /// <summary>Looks at a file or folder that <see cref="TensorSources.Open"/> takes; of a folder, at its configuration as well.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, or a folder holds no weights.</exception>
    /// <exception cref="IOException">There is nothing of that name, or it cannot be read.</exception>
    public static ModelInspection Of(string path)
    {
        using ITensorSource source = TensorSources.Open(path);
        ModelInspection inspected = source switch
        {
            GgufFile file => Of(file),
            SafetensorsFile file => Of("safetensors", [file], [file.Path]),
            SafetensorsShards shards => Of("sharded safetensors", shards.Files, [shards.Path, .. shards.Files.Select(f => f.Path)]),
            _ => throw new InvalidOperationException($"{source.GetType().Name} cannot be inspected"),
        };
        if (!HuggingFaceFolder.IsAt(path))
            return inspected;
        HuggingFaceFolder folder = HuggingFaceFolder.Read(path);
        return inspected with { Format = $"Hugging Face folder, {inspected.Format}", Metadata = [.. Of(folder), .. inspected.Metadata] };
    }

    private static ModelInspection Of(GgufFile file) => new(
        $"{(file.Files.Count > 1 ? "sharded " : "")}GGUF {file.Version}", file.Files,
        [.. file.Metadata.Select(m => Of(m.Key, m.Value))],
        [.. file.Tensors.Select(t => new InspectedTensor(t.Name, t.Type.Name, t.Shape, t.Bytes, t.Offset))]);

    private static ModelInspection Of(string format, IReadOnlyCollection<SafetensorsFile> files, IReadOnlyList<string> paths) => new(
        format, paths,
        [.. files.SelectMany(f => f.Metadata).DistinctBy(m => m).Select(m => new InspectedValue(m.Key, "Text", m.Value, null))],
        [.. files.SelectMany(f => f.Entries).Select(e => new InspectedTensor(e.Name, e.TypeName, e.Shape, e.Bytes, e.Offset))]);

    private static IEnumerable<InspectedValue> Of(HuggingFaceFolder folder)
    {
        foreach ((string prefix, JsonElement? config) in new[] { ("config", folder.Config), ("generation_config", folder.GenerationConfig) })
        {
            if (config is not { } settings)
                continue;
            string path = Path.Combine(folder.Path, prefix + ".json");
            foreach (JsonProperty property in settings.EnumerateObject())
            {
                JsonElement value = property.Value;
                yield return new InspectedValue($"{prefix}.{JsonFile.NameOf(path, property)}", Kind(value.ValueKind),
                    value.ValueKind == JsonValueKind.String ? JsonFile.TextOf(path, value, "a setting") : JsonFile.Compact(path, value),
                    value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : null);
            }
        }
        if (folder.Tokenizer is { } tokenizer)
            yield return new InspectedValue("tokenizer.json", "File", string.Create(CultureInfo.InvariantCulture, $"{tokenizer.Length} bytes"), null);
        if (folder.ChatTemplate is { } template)
            yield return new InspectedValue("chat_template", "Text", template, null);
    }

    private static string Kind(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "Text",
        JsonValueKind.True or JsonValueKind.False => "Bool",
        _ => kind.ToString(),
    };

    private static InspectedValue Of(string key, GgufValue value) => value.ToObject() is GgufArray array
        ? new InspectedValue(key, $"{array.ElementType}[]", Beginning(array), array.Count)
        : new InspectedValue(key, value.Type.ToString(), value.ToString(), null);

    private static string Beginning(GgufArray array)
    {
        IEnumerable<string> shown = Enumerable.Range(0, Math.Min(array.Count, ShownElements)).Select(i => array[i] switch
        {
            string text => $"\"{text}\"",
            GgufArray inner => $"[{inner}]",
            var other => Convert.ToString(other, CultureInfo.InvariantCulture)!,
        });
        return $"[{string.Join(", ", shown)}{(array.Count > ShownElements ? ", …" : "")}]";
    }
}

/// <summary>One thing that a model's files say.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Type">What the file calls its type.</param>
/// <param name="Text">The value; of an array of a GGUF file, the beginning.</param>
/// <param name="Count">How many elements an array has; null for other values.</param>
public sealed record InspectedValue(string Key, string Type, string Text, long? Count);

/// <summary>One tensor of a model's files.</summary>
/// <param name="Name">As the file says it.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Shape">Outermost dimension first.</param>
/// <param name="Bytes">What it takes in the file.</param>
/// <param name="Offset">Where it begins in its file.</param>
public sealed record InspectedTensor(string Name, string Type, Shape Shape, long Bytes, long Offset)
{
    public long Elements => Shape.Count;
}

/// <summary>All tensors of one type.</summary>
/// <param name="Type">How their elements are stored.</param>
/// <param name="Tensors">How many tensors.</param>
/// <param name="Elements">Of all together.</param>
/// <param name="Bytes">Of all together.</param>
public sealed record InspectedType(string Type, int Tensors, long Elements, long Bytes);
