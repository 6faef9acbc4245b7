namespace Sarsen.Tensors;

/// <summary>Walks a strided tensor row-major, by whole last rows. The plain copy that every view can fall back on.</summary>
internal static unsafe class Strided
{
    /// <summary>Copies the elements at <paramref name="from"/> to <paramref name="to"/>, where they lie without gaps.</summary>
    public static void Copy(byte* from, in Shape shape, in Shape strides, int size, byte* to)
    {
        if (shape.Count == 0)
            return;
        if (Tensor.IsContiguousAs(shape, strides))
        {
            Buffer.MemoryCopy(from, to, shape.Count * size, shape.Count * size);
            return;
        }
        int last = shape.Rank - 1;
        long row = shape[last], step = strides[last] * size;
        Span<long> index = stackalloc long[Shape.MaxRank];
        for (long rows = shape.Count / row; rows > 0; rows--)
        {
            byte* source = from;
            for (int d = 0; d < last; d++)
                source += index[d] * strides[d] * size;
            CopyRow(source, step, row, size, to);
            to += row * size;
            for (int d = last - 1; d >= 0; d--)
            {
                if (++index[d] < shape[d])
                    break;
                index[d] = 0;
            }
        }
    }

    private static void CopyRow(byte* from, long step, long count, int size, byte* to)
    {
        if (step == size)
        {
            Buffer.MemoryCopy(from, to, count * size, count * size);
            return;
        }
        switch (size)
        {
            case 4:
                for (long i = 0; i < count; i++)
                    ((int*)to)[i] = *(int*)(from + i * step);
                break;
            case 8:
                for (long i = 0; i < count; i++)
                    ((long*)to)[i] = *(long*)(from + i * step);
                break;
            case 2:
                for (long i = 0; i < count; i++)
                    ((short*)to)[i] = *(short*)(from + i * step);
                break;
            default:
                for (long i = 0; i < count; i++)
                    to[i] = *(from + i * step);
                break;
        }
    }
}
