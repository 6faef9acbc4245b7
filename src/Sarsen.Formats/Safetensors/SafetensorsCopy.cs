using Sarsen.Formats.Blocks;

namespace Sarsen.Formats;

/// <summary>A safetensors file of tensors that are read from elsewhere, a piece in memory at a time.</summary>
internal static class SafetensorsCopy
{
    // Elements of a piece, whole rows.
    private const long PieceElements = 1 << 20;

    /// <inheritdoc cref="SafetensorsShardsWriter.Write(string, IReadOnlyList{SafetensorsSpec}, long, ITensorSource, Action{long}?, CancellationToken)"/>
    public static void Write(string path, IEnumerable<SafetensorsSpec> tensors, ITensorSource from, Action<long>? progress, CancellationToken stop)
    {
        SafetensorsSpec[] ordered = SafetensorsWriter.Ordered(tensors);
        using AtomicFile file = AtomicFile.Create(path);
        file.Stream.Write(SafetensorsWriter.Header(ordered, new Dictionary<string, string> { ["format"] = "pt" }));
        float[] values = [];
        byte[] bytes = [];
        foreach (SafetensorsSpec tensor in ordered)
        {
            BlockType type = BlockTypes.Find(tensor.Type.ToString());
            (long rows, long width) = TensorRows.Of(tensor.Shape);
            long most = Math.Max(1, PieceElements / Math.Max(1, width));
            for (long row = 0; row < rows && width > 0; row += most)
            {
                stop.ThrowIfCancellationRequested();
                long count = Math.Min(most, rows - row);
                int elements = checked((int)(count * width));
                Array.Resize(ref values, elements);
                Array.Resize(ref bytes, checked((int)type.Bytes(elements)));
                from.ReadRows(tensor.Name, row, count, values);
                type.Quantise(values, bytes);
                file.Stream.Write(bytes);
                progress?.Invoke(elements);
            }
        }
        file.Commit();
    }
}
