namespace Sarsen.Formats.Tests.Gguf;

/// <summary>Cuts a model into several files, as llama.cpp's gguf-split lays them out: the first has the metadata, and all say where they belong.</summary>
internal static class GgufCut
{
    /// <param name="from">A file of one piece.</param>
    /// <param name="begin">What the names of the parts begin with.</param>
    /// <param name="counts">Tensors of each part.</param>
    /// <returns>The parts, the first first.</returns>
    public static string[] Write(string from, string begin, params int[] counts)
    {
        using GgufFile file = GgufFile.Open(from);
        var paths = new List<string>();
        int at = 0;
        for (int part = 0; part < counts.Length; part++)
        {
            GgufTensor[] tensors = [.. file.Tensors.Skip(at).Take(counts[part])];
            at += tensors.Length;
            paths.Add($"{begin}-{part + 1:00000}-of-{counts.Length:00000}.gguf");
            Write(paths[^1], file, tensors, part == 0 ? file.Metadata : [], (ushort)part, (ushort)counts.Length, file.Tensors.Count);
        }
        return [.. paths];
    }

    /// <summary>One part, which may say what is not so.</summary>
    public static void Write(string path, GgufFile file, GgufTensor[] tensors, IEnumerable<KeyValuePair<string, GgufValue>> metadata, ushort number, ushort count, int all)
    {
        using GgufWriter writer = GgufWriter.Create(path, [.. metadata, new("split.no", number), new("split.count", count), new("split.tensors.count", all)],
            [.. tensors.Select(t => new GgufTensorSpec(t.Name, t.Type, t.Shape))]);
        foreach (GgufTensor tensor in tensors)
        {
            byte[] blocks = new byte[tensor.Bytes];
            file.ReadBlocks(tensor.Name, 0, tensor.Shape[0], blocks);
            writer.WriteBlocks(tensor.Name, blocks);
        }
        writer.Commit();
    }
}
