using System.Buffers;
using Sarsen.Formats;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Models.Decoders;

/// <summary>
/// Weights read to be multiplied as they are stored: in blocks, or in F32, F16 or BF16. Of other types they become F32. They
/// are put into the order of products while they are read, and are in memory once.
/// </summary>
/// <param name="from">The file.</param>
/// <param name="workers">Who does it.</param>
internal sealed unsafe class HeldWeights(ITensorSource from, Workers workers)
{
    /// <summary>Rows that a thread reads at once: whole panels.</summary>
    private const int Stretch = 4 * BlockLayout.PanelRows;

    /// <summary>The weight that some parts make, one under the other.</summary>
    /// <param name="inputs">Elements of a row.</param>
    /// <param name="parts">Of two dimensions, as many elements wide.</param>
    /// <exception cref="ModelFormatException">The file was cut off, or holds what is not finite.</exception>
    public WeightMatrix Read(long inputs, IReadOnlyList<TensorPart> parts)
    {
        var made = new List<WeightMatrix>();
        try
        {
            for (int i = 0; i < parts.Count;)
            {
                bool blocks = LayoutOf(parts[i], inputs) is not null;
                DType type = ElementTypeOf(parts[i]);
                int end = i + 1;
                while (end < parts.Count && LayoutOf(parts[end], inputs) is not null == blocks && (blocks || ElementTypeOf(parts[end]) == type))
                    end++;
                var run = new RowRun([.. parts.Skip(i).Take(end - i)]);
                made.Add(blocks ? Blocks(inputs, run) : Floats(inputs, run, type));
                i = end;
            }
            return made.Count == 1 ? made[0] : new StackedMatrix(made);
        }
        catch
        {
            foreach (WeightMatrix matrix in made)
                matrix.Dispose();
            throw;
        }
    }

    private BlockLayout? LayoutOf(TensorPart part, long inputs) =>
        part.Plus == 0 && from.TypeOf(part.Name)?.Layout is { } layout && inputs % layout.BlockLength == 0 ? layout : null;

    /// <summary>The type that elements are held in.</summary>
    private DType ElementTypeOf(TensorPart part) =>
        part.Plus == 0 && from.TypeOf(part.Name)?.DType is DType.F16 or DType.BF16 ? from.TypeOf(part.Name)!.DType!.Value : DType.F32;

    private BlockMatrix Blocks(long inputs, RowRun run)
    {
        // Neighbours of one layout are one part.
        var layouts = new List<(BlockLayout Layout, long Rows)>();
        foreach (TensorPart part in run.Parts)
        {
            BlockLayout layout = LayoutOf(part, inputs)!;
            if (layouts.Count > 0 && layouts[^1].Layout == layout)
                layouts[^1] = (layout, layouts[^1].Rows + part.Count!.Value);
            else
                layouts.Add((layout, part.Count!.Value));
        }
        var matrix = new BlockMatrix(inputs, layouts);
        try
        {
            long first = 0;
            foreach ((BlockLayout layout, long rows) in layouts)
            {
                ReadRows(run, first, rows, inputs, inputs, (row, bytes, type, scratch) =>
                {
                    fixed (byte* block = bytes)
                        matrix.Write(row, TakeApart(block, type, inputs, scratch));
                });
                first += rows;
            }
            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    private BlockRow TakeApart(byte* blocks, BlockType type, long inputs, byte* scratch)
    {
        // Levels, then the scales of at most as many groups of 16.
        long groups = (inputs / BlockLayout.PanelRows) + 1;
        var row = new BlockRow
        {
            Levels = scratch,
            Scales = (ushort*)(scratch + inputs),
            Leasts = (ushort*)(scratch + inputs) + groups,
            ScaleLevels = (sbyte*)(scratch + inputs + (4 * groups)),
            LeastLevels = scratch + inputs + (5 * groups),
        };
        nint count = (nint)(inputs / type.BlockLength);
        for (nint b = 0; b < count; b++)
            type.TakeApart(blocks + (b * type.BlockBytes), row, b);
        for (nint b = 0; b < count; b++)
        {
            if (!IsFinite(row.Scales[b]) || (type.Layout!.HasMinima && !IsFinite(row.Leasts[b])))
                throw new ModelFormatException(from.Path, 0, "a weight in blocks has a scale that is not finite: the file is damaged");
        }
        return row;
    }

    private FloatMatrix Floats(long inputs, RowRun run, DType type)
    {
        var matrix = new FloatMatrix(run.Rows, inputs, type);
        try
        {
            if (type == DType.F32)
                ReadFloats(run, inputs, matrix);
            else
                ReadRows(run, 0, run.Rows, inputs, 0, (row, bytes, _, _) =>
                {
                    fixed (byte* elements = bytes)
                    {
                        CheckFinite((ushort*)elements, inputs, type);
                        matrix.Write(row, elements);
                    }
                });
            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    private void CheckFinite(ushort* elements, long count, DType type)
    {
        int exponent = type == DType.F16 ? 0x7C00 : 0x7F80;
        for (long i = 0; i < count; i++)
        {
            if ((elements[i] & exponent) == exponent)
                throw new ModelFormatException(from.Path, 0, $"a weight of {type} holds what is not finite: the file is damaged");
        }
    }

    private static bool IsFinite(ushort half) => (half & 0x7C00) != 0x7C00;

    private void ReadFloats(RowRun run, long inputs, FloatMatrix matrix) => Stretches(0, run.Rows, (first, count) =>
    {
        float[] values = ArrayPool<float>.Shared.Rent(checked((int)(Stretch * inputs)));
        try
        {
            foreach ((TensorPart part, long at, long stored, long rows) in run.Pieces(first, count))
            {
                Span<float> into = values.AsSpan(0, (int)(rows * inputs));
                from.ReadRows(part.Name, stored, rows, into);
                foreach (ref float value in into)
                    value += (float)part.Plus;
                fixed (float* elements = into)
                {
                    for (long r = 0; r < rows; r++)
                        matrix.Write(at + r, (byte*)(elements + (r * inputs)));
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    });

    private delegate void OneRow(long row, ReadOnlySpan<byte> bytes, BlockType type, byte* scratch);

    /// <summary>Reads some rows as they are stored, and hands each on.</summary>
    private void ReadRows(RowRun run, long first, long rows, long inputs, long scratchBytes, OneRow write) => Stretches(first, rows, (from0, count) =>
    {
        foreach ((TensorPart part, long at, long stored, long pieceRows) in run.Pieces(from0, count))
        {
            BlockType type = from.TypeOf(part.Name)!;
            int rowBytes = checked((int)type.Bytes(inputs));
            byte[] bytes = ArrayPool<byte>.Shared.Rent(checked((int)(pieceRows * rowBytes))), scratch = ArrayPool<byte>.Shared.Rent(checked((int)(2 * scratchBytes) + 64));
            try
            {
                Span<byte> read = bytes.AsSpan(0, (int)(pieceRows * rowBytes));
                from.ReadBlocks(part.Name, stored, pieceRows, read);
                fixed (byte* memory = scratch)
                {
                    for (int r = 0; r < pieceRows; r++)
                        write(at + r, read.Slice(r * rowBytes, rowBytes), type, memory);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
                ArrayPool<byte>.Shared.Return(scratch);
            }
        }
    });

    /// <summary>Panels of a part belong to one thread each.</summary>
    private void Stretches(long first, long rows, Action<long, long> read)
    {
        try
        {
            Parallel.For(0, (rows + Stretch - 1) / Stretch, new ParallelOptions { MaxDegreeOfParallelism = workers.Count }, i => read(first + (i * Stretch), Math.Min(Stretch, rows - (i * Stretch))));
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
