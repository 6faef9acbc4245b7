using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>
/// Writes a model as several safetensors files of limited size and an index, which <see cref="SafetensorsShards"/> reads; what
/// fits one file becomes <c>model.safetensors</c> without an index, as with Hugging Face's transformers. Each file is atomic
/// and the index comes last, so that a folder with an index is whole.
/// </summary>
public static class SafetensorsShardsWriter
{
    /// <param name="folder">A folder that is there. Files of these names are replaced; those of an older model with other names stay.</param>
    /// <param name="tensors">In the order that shares them out: files are filled one after the other.</param>
    /// <param name="mostBytes">The most data of a file, 1 or more; one larger tensor has a file of its own.</param>
    /// <param name="metadata">Texts by name, in every file.</param>
    /// <returns>The names of the files of tensors.</returns>
    /// <exception cref="ArgumentException">A name is there twice, is reserved, or is not Unicode.</exception>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public static IReadOnlyList<string> Write(string folder, IReadOnlyList<(string Name, Tensor Value)> tensors, long mostBytes, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostBytes, 1);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, _) in tensors)
        {
            if (!names.Add(name))
                throw new ArgumentException($"two tensors have the name '{name}'", nameof(tensors));
        }
        var values = tensors.ToDictionary(t => t.Name, t => t.Value, StringComparer.Ordinal);
        return Write(folder, [.. tensors.Select(t => new SafetensorsSpec(t.Name, t.Value.DType, t.Value.Shape))], mostBytes,
            (file, shard) => SafetensorsWriter.Write(file, shard.Select(t => (t.Name, values[t.Name])), metadata));
    }

    /// <summary>The same for tensors that are read from elsewhere as they are written.</summary>
    /// <param name="folder">A folder that is there.</param>
    /// <param name="tensors">In the order that shares them out; of F32, F16 or BF16.</param>
    /// <param name="mostBytes">The most data of a file, 1 or more; one larger tensor has a file of its own.</param>
    /// <param name="from">Has tensors of these names and shapes.</param>
    /// <param name="progress">Told how many elements more are written.</param>
    /// <param name="stop">Asked between pieces.</param>
    /// <returns>The names of the files of tensors.</returns>
    /// <exception cref="ModelFormatException">The source is damaged.</exception>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static IReadOnlyList<string> Write(string folder, IReadOnlyList<SafetensorsSpec> tensors, long mostBytes, ITensorSource from, Action<long>? progress = null, CancellationToken stop = default) =>
        Write(folder, tensors, mostBytes, (file, shard) => SafetensorsCopy.Write(file, shard, from, progress, stop));

    private static string[] Write(string folder, IReadOnlyList<SafetensorsSpec> tensors, long mostBytes, Action<string, List<SafetensorsSpec>> write)
    {
        List<List<SafetensorsSpec>> shards = Share(tensors, mostBytes);
        if (shards.Count == 1)
        {
            write(Path.Combine(folder, HuggingFaceFolder.WeightsName), shards[0]);
            return [HuggingFaceFolder.WeightsName];
        }
        string[] files = [.. shards.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"model-{i + 1:00000}-of-{shards.Count:00000}.safetensors"))];
        for (int i = 0; i < files.Length; i++)
            write(Path.Combine(folder, files[i]), shards[i]);
        AtomicFile.WriteAllBytes(Path.Combine(folder, SafetensorsShards.IndexName), Index(shards, files));
        return files;
    }

    private static List<List<SafetensorsSpec>> Share(IReadOnlyList<SafetensorsSpec> tensors, long mostBytes)
    {
        var shards = new List<List<SafetensorsSpec>> { new() };
        long filled = 0;
        foreach (SafetensorsSpec tensor in tensors)
        {
            long bytes = tensor.Bytes;
            if (shards[^1].Count > 0 && bytes > mostBytes - filled)
            {
                shards.Add([]);
                filled = 0;
            }
            shards[^1].Add(tensor);
            filled += bytes;
        }
        return shards;
    }

    private static ReadOnlySpan<byte> Index(List<List<SafetensorsSpec>> shards, string[] files)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", shards.Sum(s => s.Sum(t => t.Bytes)));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            foreach ((string name, string file) in shards.SelectMany((s, i) => s.Select(t => (t.Name, files[i]))).OrderBy(t => t.Name, StringComparer.Ordinal))
                json.WriteString(name, file);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan;
    }
}
