using System.Buffers.Binary;

namespace Sarsen.Formats;

/// <summary>Opens weights in whatever form they are.</summary>
public static class TensorSources
{
    /// <summary>
    /// A GGUF file (by its first bytes), a safetensors file, an index of several, or a folder with <c>model.safetensors</c>, with
    /// such an index, or with one GGUF or safetensors file.
    /// </summary>
    /// <exception cref="ModelFormatException">The weights are damaged, or a folder holds none or several.</exception>
    /// <exception cref="IOException">There is nothing of that name, or it cannot be read.</exception>
    public static ITensorSource Open(string path)
    {
        string file = Find(path);
        if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return SafetensorsShards.Open(file);
        return IsGguf(file) ? GgufFile.Open(file) : SafetensorsFile.Open(file);
    }

    /// <summary>Does the file begin as GGUF files do.</summary>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static bool IsGguf(string path)
    {
        using ModelBytes bytes = ModelBytes.Open(path);
        Span<byte> first = stackalloc byte[sizeof(uint)];
        if (bytes.Length < first.Length)
            return false;
        bytes.ReadExactly(first, 0);
        return BinaryPrimitives.ReadUInt32LittleEndian(first) == GgufHeader.Magic;
    }

    private static string Find(string path)
    {
        if (!Directory.Exists(path))
            return path;
        // One whole file goes before an index: where both are, they hold the same.
        foreach (string name in new[] { HuggingFaceFolder.WeightsName, SafetensorsShards.IndexName })
        {
            if (Path.Combine(path, name) is { } known && File.Exists(known))
                return known;
        }
        string[] others = [.. Directory.EnumerateFiles(path).Where(f => Path.GetExtension(f).ToLowerInvariant() is ".gguf" or ".safetensors").Order(StringComparer.Ordinal)];
        return others.Length == 1
            ? others[0]
            : throw new ModelFormatException(path, 0, others.Length == 0
                ? $"the folder holds no weights: {HuggingFaceFolder.WeightsName}, {SafetensorsShards.IndexName} or one .gguf file is expected"
                : $"the folder holds {others.Length} files of weights and no {SafetensorsShards.IndexName}: name one, such as {Path.GetFileName(others[0])}");
    }
}
