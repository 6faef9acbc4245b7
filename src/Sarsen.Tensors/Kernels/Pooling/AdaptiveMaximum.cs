using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The windows of <see cref="AdaptiveMaxPool2d"/> in f32, sixteen planes at a time: which of equals wins is a matter of order, so only
/// planes share a vector. An item of work is a group of planes.
/// </summary>
internal unsafe struct AdaptiveMaximum(in AdaptivePool2dShape shape, float* x, float* y, int* indices) : IVectorRange
{
    // On the stack: maxima of some windows of a row and their places, and some columns of the planes.
    private const int MostWindows = 32, BlockColumns = 64;

    // A single window is one long row.
    private readonly AdaptivePool2dShape _shape = shape.OutPlane == 1 ? new(shape.Planes, 1, shape.Plane, 1, 1) : shape;
    private readonly float* _x = x, _y = y;
    private readonly int* _indices = indices;

    public readonly long Groups => (_shape.Planes + PlaneGroup.Planes - 1) / PlaneGroup.Planes;

    public readonly long Cost => PlaneGroup.Planes * (_shape.Plane + _shape.OutPlane);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
    {
        float* maxima = stackalloc float[PlaneGroup.Planes * MostWindows], places = stackalloc float[PlaneGroup.Planes * MostWindows];
        float* block = stackalloc float[(PlaneGroup.Planes * BlockColumns) + Packing.Spill];
        nint* left = stackalloc nint[MostWindows], right = stackalloc nint[MostWindows];
        nint width = (nint)_shape.Width, outWidth = (nint)_shape.OutWidth, plane = _shape.Plane, outPlane = _shape.OutPlane;
        for (nint group = (nint)begin; group < (nint)end; group++)
        {
            nint first = group * PlaneGroup.Planes, planes = nint.Min(PlaneGroup.Planes, (nint)_shape.Planes - first);
            float* x = _x + (first * plane);
            for (nint ow = 0; ow < outWidth; ow += MostWindows)
            {
                nint windows = nint.Min(MostWindows, outWidth - ow);
                for (nint i = 0; i < windows; i++)
                    (left[i], right[i]) = _shape.Columns(ow + i);
                for (nint oh = 0; oh < (nint)_shape.OutHeight; oh++)
                {
                    (nint top, nint bottom) = _shape.Rows(oh);
                    for (nint h = top; h < bottom; h++)
                        Compare<V>(x, h * width, h == top, plane, planes, left, right, windows, maxima, places, block);
                    nint to = (first * outPlane) + (oh * outWidth) + ow;
                    PlaneGroup.Scatter<V>(maxima, windows, _y + to, outPlane, planes);
                    if (_indices != null)
                        PlaneGroup.Scatter<V>(places, windows, (float*)_indices + to, outPlane, planes);
                }
            }
        }
    }

    /// <summary>Compares a row of the planes with the maxima of the windows that hold it; the first row's first element is what others are compared with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Compare<V>(float* x, nint row, bool isFirst, nint apart, nint planes, nint* left, nint* right, nint windows, float* maxima, float* places, float* block) where V : struct, IVector<V>
    {
        nint last = right[windows - 1], next = 0;
        for (nint from = left[0]; from < last; from += BlockColumns)
        {
            nint to = nint.Min(last, from + BlockColumns);
            PlaneGroup.Gather<V>(x + row + from, apart, planes, to - from, block);
            while (right[next] <= from)
                next++;
            for (nint i = next; i < windows && left[i] < to; i++)
            {
                nint w = nint.Max(left[i], from);
                bool begins = isFirst && w == left[i];
                V best = V.Load(begins ? block + (PlaneGroup.Planes * (w - from)) : maxima + (PlaneGroup.Planes * i));
                V place = begins ? V.FromBits((int)(row + w)) : V.Load(places + (PlaneGroup.Planes * i));
                for (; w < nint.Min(right[i], to); w++)
                {
                    V value = V.Load(block + (PlaneGroup.Planes * (w - from)));
                    // Not a number wins, the last of them.
                    V wins = V.Less(best, value) | (V.Equal(value, value) ^ V.FromBits(-1));
                    best = V.Select(wins, value, best);
                    place = V.Select(wins, V.FromBits((int)(row + w)), place);
                }
                best.Store(maxima + (PlaneGroup.Planes * i));
                place.Store(places + (PlaneGroup.Planes * i));
            }
        }
    }
}
