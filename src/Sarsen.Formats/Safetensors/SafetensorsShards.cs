using System.Text.Json;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>
/// A model whose tensors lie in several safetensors files of a folder, and an index that says which lies where:
/// <c>{"weight_map": {"model.norm.weight": "model-00002-of-00002.safetensors"}}</c>. All files are opened and compared with
/// the index at once. Source: the index files that Hugging Face's transformers writes. Any thread may read.
/// </summary>
public sealed class SafetensorsShards : ITensorSource
{
    public const string IndexName = "model.safetensors.index.json";

    private const int LongestIndex = SafetensorsHeader.MaxBytes;

    private readonly Dictionary<string, SafetensorsFile> _byTensor = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SafetensorsFile> _byName = new(StringComparer.Ordinal);

    private SafetensorsShards(string path) => Path = path;

    /// <summary>The index.</summary>
    public string Path { get; }

    /// <summary>The files, by their names.</summary>
    public IReadOnlyCollection<SafetensorsFile> Files => _byName.Values;

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _byTensor.Keys;

    /// <param name="path">The index, or the folder that has it.</param>
    /// <exception cref="ModelFormatException">The index is damaged, names what is outside of its folder or is not there, or a file is damaged.</exception>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    public static SafetensorsShards Open(string path)
    {
        if (Directory.Exists(path))
            path = System.IO.Path.Combine(path, IndexName);
        var shards = new SafetensorsShards(path);
        try
        {
            shards.ReadIndex();
            return shards;
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public long Elements => Files.Sum(file => file.Elements);

    public bool Contains(string name) => _byTensor.ContainsKey(name);

    /// <inheritdoc/>
    public Shape ShapeOf(string name) => FileOf(name).ShapeOf(name);

    /// <inheritdoc/>
    public void ReadRows(string name, long firstRow, long rows, Span<float> into) => FileOf(name).ReadRows(name, firstRow, rows, into);

    /// <inheritdoc/>
    public BlockType? TypeOf(string name) => FileOf(name).TypeOf(name);

    /// <inheritdoc/>
    public void ReadBlocks(string name, long firstRow, long rows, Span<byte> into) => FileOf(name).ReadBlocks(name, firstRow, rows, into);

    /// <summary>The file that holds a tensor, which reads it in its own type.</summary>
    /// <exception cref="ModelFormatException">There is no such tensor; the message names the nearest.</exception>
    public SafetensorsFile FileOf(string name) => _byTensor.TryGetValue(name, out SafetensorsFile? file) ? file : throw TensorRows.Missing(Path, name, _byTensor.Keys);

    public void Dispose()
    {
        foreach (SafetensorsFile file in _byName.Values)
            file.Dispose();
    }

    private void ReadIndex()
    {
        using JsonDocument index = JsonFile.Read(Path, LongestIndex);
        if (index.RootElement.ValueKind != JsonValueKind.Object || JsonFile.Find(Path, index.RootElement, "weight_map") is not { ValueKind: JsonValueKind.Object } map)
            throw Fail("an index must be an object with a weight_map of tensors to files");
        foreach (JsonProperty line in map.EnumerateObject())
        {
            string tensor = JsonFile.NameOf(Path, line), name = JsonFile.TextOf(Path, line.Value, $"the file of '{tensor}'");
            SafetensorsFile file = FileNamed(name);
            if (!file.Contains(tensor))
                throw Fail($"the tensor '{tensor}' should lie in {name}, which does not have it");
            if (!_byTensor.TryAdd(tensor, file))
                throw Fail($"the tensor '{tensor}' is there twice");
        }
    }

    private SafetensorsFile FileNamed(string name)
    {
        if (_byName.TryGetValue(name, out SafetensorsFile? file))
            return file;
        if (name.Length == 0 || name.AsSpan().ContainsAny('/', '\\', '\0') || name is "." or "..")
            throw Fail($"the index names the file '{name}'; files of the same folder are expected");
        string path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path) ?? "", name);
        if (!File.Exists(path))
            throw Fail($"the index names {name}, which is not there: fetch all files of the model");
        file = SafetensorsFile.Open(path);
        _byName.Add(name, file);
        return file;
    }

    private ModelFormatException Fail(string message) => new(Path, 0, message);
}
