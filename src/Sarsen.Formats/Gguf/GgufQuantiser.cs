using Sarsen.Tensors.Threads;

namespace Sarsen.Formats;

/// <summary>A GGUF file written anew with other types, tensor by tensor, a piece of each in memory at a time.</summary>
public static class GgufQuantiser
{
    // Elements of a piece, whole rows: some are in memory as they are stored, as f32 and as they are written.
    private const long PieceElements = 1 << 20;

    /// <param name="from">The file, or several that make a model: one is written.</param>
    /// <param name="path">Where the new one goes, atomically; not the same file.</param>
    /// <param name="mixture">The types.</param>
    /// <param name="options">What is allowed, and who works.</param>
    /// <param name="stop">Asked between pieces.</param>
    /// <returns>What could not be done as asked for: a sentence each.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, has few bits already, or holds a value that the type cannot.</exception>
    /// <exception cref="ArgumentException">It would be written over itself.</exception>
    /// <exception cref="IOException">The disk is full or refuses; a file that had the name is untouched.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; nothing is left behind.</exception>
    public static IReadOnlyList<string> Run(GgufFile from, string path, GgufMixture mixture, GgufQuantiserOptions? options = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(mixture);
        options ??= new GgufQuantiserOptions();
        if (from.Files.Any(file => Path.GetFullPath(path) == Path.GetFullPath(file)))
            throw new ArgumentException($"'{path}' would be written over itself: give another name", nameof(path));
        var metadata = from.Metadata.ToDictionary(StringComparer.Ordinal);
        metadata[GgufMixture.FileTypeKey] = mixture.FileType;
        GgufTensorSpec[] old = [.. from.Tensors.Select(t => new GgufTensorSpec(t.Name, t.Type, t.Shape))];
        IReadOnlyList<GgufTensorSpec> tensors = mixture.Apply(old, metadata, out IReadOnlyList<string> notes);
        if (!options.Requantise && old.Zip(tensors).FirstOrDefault(pair => pair.First.Type != pair.Second.Type && pair.First.Type.BlockLength > 1) is { First: not null } lossy)
            throw new ModelFormatException(from.Path, 0, $"'{lossy.First.Name}' is {lossy.First.Type} already, and would lose more as {lossy.Second.Type}: take a file of F32, F16 or BF16, or allow it");
        using GgufWriter writer = GgufWriter.Create(path, metadata, tensors, options.Workers ?? Workers.Shared);
        long done = 0, all = tensors.Sum(t => t.Shape.Count);
        for (int i = 0; i < tensors.Count; i++)
        {
            Write(from, old[i], tensors[i], writer, elements => options.OnProgress?.Invoke(done + elements, all), stop);
            done += tensors[i].Shape.Count;
        }
        writer.Commit();
        return notes;
    }

    private static void Write(GgufFile from, GgufTensorSpec old, GgufTensorSpec tensor, GgufWriter writer, Action<long> progress, CancellationToken stop)
    {
        (long rows, long width) = TensorRows.Of(tensor.Shape);
        long most = Math.Max(1, PieceElements / Math.Max(1, width));
        byte[] blocks = [];
        float[] values = [];
        for (long row = 0; row < rows && width > 0; row += most)
        {
            stop.ThrowIfCancellationRequested();
            long count = Math.Min(most, rows - row);
            int elements = checked((int)(count * width));
            if (old.Type == tensor.Type)
            {
                int bytes = checked((int)old.Type.Bytes(elements));
                Array.Resize(ref blocks, bytes);
                from.ReadBlocks(tensor.Name, row, count, blocks);
                writer.WriteBlocks(tensor.Name, blocks);
            }
            else
            {
                Array.Resize(ref values, elements);
                from.ReadRows(tensor.Name, row, count, values);
                Write(from, tensor, values, writer);
            }
            progress((row + count) * width);
        }
    }

    private static void Write(GgufFile from, GgufTensorSpec tensor, float[] values, GgufWriter writer)
    {
        try
        {
            writer.Write(tensor.Name, values);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(from.Path, from.Tensor(tensor.Name).Offset, $"'{tensor.Name}' cannot be stored so: {e.Message}", e);
        }
    }
}
