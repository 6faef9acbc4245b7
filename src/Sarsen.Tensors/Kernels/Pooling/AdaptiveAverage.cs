using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The windows of <see cref="AdaptiveAvgPool2d"/> in f32, sixteen planes at a time: the sum of a window is one chain of additions, so
/// only planes can share a vector. An item of work is a group of planes.
/// </summary>
internal unsafe struct AdaptiveAverage(in AdaptivePool2dShape shape, float* x, float* y) : IVectorRange
{
    // Both on the stack: sums of some windows of a row, and some columns of the planes.
    private const int MostWindows = 64, BlockColumns = 64;

    // A single window is one long row.
    private readonly AdaptivePool2dShape _shape = shape.OutPlane == 1 ? new(shape.Planes, 1, shape.Plane, 1, 1) : shape;
    private readonly float* _x = x, _y = y;

    public readonly long Groups => (_shape.Planes + PlaneGroup.Planes - 1) / PlaneGroup.Planes;

    public readonly long Cost => PlaneGroup.Planes * (_shape.Plane + _shape.OutPlane);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
    {
        float* sums = stackalloc float[PlaneGroup.Planes * MostWindows], block = stackalloc float[(PlaneGroup.Planes * BlockColumns) + Packing.Spill];
        nint* left = stackalloc nint[MostWindows], right = stackalloc nint[MostWindows];
        nint width = (nint)_shape.Width, outWidth = (nint)_shape.OutWidth, plane = _shape.Plane, outPlane = _shape.OutPlane;
        for (nint group = (nint)begin; group < (nint)end; group++)
        {
            nint first = group * PlaneGroup.Planes, planes = nint.Min(PlaneGroup.Planes, (nint)_shape.Planes - first);
            float* x = _x + (first * plane), y = _y + (first * outPlane);
            for (nint ow = 0; ow < outWidth; ow += MostWindows)
            {
                nint windows = nint.Min(MostWindows, outWidth - ow);
                for (nint i = 0; i < windows; i++)
                    (left[i], right[i]) = _shape.Columns(ow + i);
                for (nint oh = 0; oh < (nint)_shape.OutHeight; oh++)
                {
                    (nint top, nint bottom) = _shape.Rows(oh);
                    new Span<float>(sums, (int)(PlaneGroup.Planes * windows)).Clear();
                    for (nint h = top; h < bottom; h++)
                        Add<V>(x + (h * width), plane, planes, left, right, windows, sums, block);
                    for (nint i = 0; i < windows; i++)
                    {
                        float* sum = sums + (PlaneGroup.Planes * i);
                        (V.Load(sum) / V.Create((bottom - top) * (right[i] - left[i]))).Store(sum);
                    }
                    PlaneGroup.Scatter<V>(sums, windows, y + (oh * outWidth) + ow, outPlane, planes);
                }
            }
        }
    }

    /// <summary>Adds a row of the planes to the sums of the windows that hold it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Add<V>(float* row, nint apart, nint planes, nint* left, nint* right, nint windows, float* sums, float* block) where V : struct, IVector<V>
    {
        nint last = right[windows - 1], next = 0;
        for (nint from = left[0]; from < last; from += BlockColumns)
        {
            nint to = nint.Min(last, from + BlockColumns);
            PlaneGroup.Gather<V>(row + from, apart, planes, to - from, block);
            while (right[next] <= from)
                next++;
            for (nint i = next; i < windows && left[i] < to; i++)
            {
                float* sum = sums + (PlaneGroup.Planes * i), pixel = block + (PlaneGroup.Planes * (nint.Max(left[i], from) - from));
                float* end = block + (PlaneGroup.Planes * (nint.Min(right[i], to) - from));
                V total = V.Load(sum);
                for (; pixel < end; pixel += PlaneGroup.Planes)
                    total += V.Load(pixel);
                total.Store(sum);
            }
        }
    }
}
