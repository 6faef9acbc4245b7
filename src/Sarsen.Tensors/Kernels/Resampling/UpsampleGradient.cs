using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// <see cref="Upsample2d"/> backward in f32, sixteen planes at a time: what an element sums has one order, so only planes can share a
/// vector. Two rows of the gradient are under way, as a row of dy looks at no more. An item of work is a group of planes.
/// </summary>
internal unsafe struct UpsampleGradient : IVectorLaneRange
{
    public Upsample2dShape Shape;
    public UpsampleColumns Columns;
    public float* Dy, Dx, Lanes;

    public readonly long Groups => (Shape.Planes + PlaneGroup.Planes - 1) / PlaneGroup.Planes;

    public readonly long Cost => PlaneGroup.Planes * (Shape.Plane + (2 * Shape.OutPlane));

    /// <summary>A row of dy and two of dx, of sixteen planes each.</summary>
    public static long LaneFloats(in Upsample2dShape shape) => (PlaneGroup.Planes * (shape.OutWidth + (2 * shape.Width))) + Packing.Spill;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<V>(long begin, long end, int lane) where V : struct, IVector<V>
    {
        nint width = (nint)Shape.Width, outWidth = (nint)Shape.OutWidth;
        float* above = Lanes + (lane * LaneFloats(Shape)), below = above + (PlaneGroup.Planes * width), dy = below + (PlaneGroup.Planes * width);
        var places = (Above: (nint)above, Below: (nint)below);
        for (nint group = (nint)begin; group < (nint)end; group++)
        {
            nint first = group * PlaneGroup.Planes, planes = nint.Min(PlaneGroup.Planes, (nint)Shape.Planes - first), row = 0;
            float* dx = Dx + (first * Shape.Plane), from = Dy + (first * Shape.OutPlane);
            Clear(places.Above, width);
            Clear(places.Below, width);
            for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++, from += outWidth)
            {
                (nint before, nint behind, double part) = Shape.Row(oh);
                for (; row < before; row++)
                    places = Next<V>(places, width, dx + (row * width), planes);
                PlaneGroup.Gather<V>(from, Shape.OutPlane, planes, outWidth, dy);
                above = (float*)places.Above;
                below = (float*)places.Below;
                if (Shape.Interpolation == Interpolation.Nearest)
                    Columns.AddNearest<V>(dy, above);
                else if (before == behind)
                    Columns.AddAtEdge<V>(dy, (float)part, above);
                else
                    Columns.AddBetween<V>(dy, (float)part, above, below);
            }
            for (; row < (nint)Shape.Height; row++)
                places = Next<V>(places, width, dx + (row * width), planes);
        }
    }

    /// <summary>The upper row is done: the lower one takes its place, and an empty one that one's.</summary>
    private readonly (nint Above, nint Below) Next<V>((nint Above, nint Below) places, nint width, float* dx, nint planes) where V : struct, IVector<V>
    {
        PlaneGroup.Scatter<V>((float*)places.Above, width, dx, Shape.Plane, planes);
        Clear(places.Above, width);
        return (places.Below, places.Above);
    }

    private static void Clear(nint row, nint width) => NativeMemory.Clear((void*)row, (nuint)(PlaneGroup.Planes * width * sizeof(float)));
}
