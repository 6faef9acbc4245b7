using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// <see cref="Upsample2d"/> forward in f32. Each row of the picture is brought to the columns of the result once; rows of the
/// result lie between two of those, sixteen columns at a time. An item of work is a plane.
/// </summary>
internal unsafe struct UpsamplePlanes : IVectorLaneRange
{
    public Upsample2dShape Shape;
    public UpsamplePlaces Places;
    public float* X, Y, Lanes;

    /// <summary>Two rows of the result's width.</summary>
    public static long LaneFloats(in Upsample2dShape shape) => 2 * shape.OutWidth;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<V>(long begin, long end, int lane) where V : struct, IVector<V>
    {
        float* rows = Lanes + (lane * LaneFloats(Shape));
        for (nint p = (nint)begin; p < (nint)end; p++)
        {
            float* x = X + (p * Shape.Plane), y = Y + (p * Shape.OutPlane);
            if (Shape.Interpolation == Interpolation.Nearest)
                Nearest<V>(x, y);
            else
                Between<V>(x, y, rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Nearest<V>(float* x, float* y) where V : struct, IVector<V>
    {
        nint last = -1, outWidth = (nint)Shape.OutWidth;
        for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++, y += outWidth)
        {
            nint row = Places.At(oh).Before;
            if (row == last)
                Buffer.MemoryCopy(y - outWidth, y, outWidth * sizeof(float), outWidth * sizeof(float));
            else
                Places.Row<V>(x + (row * (nint)Shape.Width), y, isNearest: true);
            last = row;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Between<V>(float* x, float* y, float* rows) where V : struct, IVector<V>
    {
        nint outWidth = (nint)Shape.OutWidth, evenRow = -1, oddRow = -1;
        for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++, y += outWidth)
        {
            (int before, int behind, float part) = Places.At(oh);
            float* a = Kept<V>(x, before, rows, ref evenRow, ref oddRow), b = Kept<V>(x, behind, rows, ref evenRow, ref oddRow);
            V partA = V.Create(1 - part), partB = V.Create(part);
            if (outWidth < 16)
                ((partA * V.Load(a, outWidth)) + (partB * V.Load(b, outWidth))).Store(y, outWidth);
            for (nint block = 0; block < outWidth && outWidth >= 16; block += 16)
            {
                nint ow = nint.Min(block, outWidth - 16);
                ((partA * V.Load(a + ow)) + (partB * V.Load(b + ow))).Store(y + ow);
            }
        }
    }

    /// <summary>A row of the picture at the result's columns: rows with even numbers and with odd ones have a place each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float* Kept<V>(float* x, nint row, float* rows, ref nint evenRow, ref nint oddRow) where V : struct, IVector<V>
    {
        bool isOdd = (row & 1) != 0;
        ref nint kept = ref isOdd ? ref oddRow : ref evenRow;
        float* at = isOdd ? rows + (nint)Shape.OutWidth : rows;
        if (kept != row)
            Places.Row<V>(x + (row * (nint)Shape.Width), at, isNearest: false);
        kept = row;
        return at;
    }
}
