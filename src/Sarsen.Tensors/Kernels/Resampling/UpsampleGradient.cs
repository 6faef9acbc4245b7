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
    public UpsamplePlaces Places;
    public float* Dy, Dx, Lanes;

    public readonly long Groups => (Shape.Planes + PlaneGroup.Planes - 1) / PlaneGroup.Planes;

    public readonly long Cost => PlaneGroup.Planes * (Shape.Plane + (2 * Shape.OutPlane));

    /// <summary>Rows of dy that are fetched at once: from sixteen places, each wants to be worth the way.</summary>
    private const int Ahead = 4;

    /// <summary>Rows of dy and two of dx, of sixteen planes each.</summary>
    public static long LaneFloats(in Upsample2dShape shape) => (PlaneGroup.Planes * ((Ahead * shape.OutWidth) + (2 * shape.Width))) + Packing.Spill;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<V>(long begin, long end, int lane) where V : struct, IVector<V>
    {
        nint width = (nint)Shape.Width, outWidth = (nint)Shape.OutWidth;
        float* above = Lanes + (lane * LaneFloats(Shape)), below = above + (PlaneGroup.Planes * width), rows = below + (PlaneGroup.Planes * width);
        var places = (Above: (nint)above, Below: (nint)below);
        for (nint group = (nint)begin; group < (nint)end; group++)
        {
            nint first = group * PlaneGroup.Planes, planes = nint.Min(PlaneGroup.Planes, (nint)Shape.Planes - first), row = 0;
            float* dx = Dx + (first * Shape.Plane), from = Dy + (first * Shape.OutPlane);
            Clear(places.Above, width);
            Clear(places.Below, width);
            for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++, from += outWidth)
            {
                (int before, int behind, float part) = Places.At(oh);
                for (; row < before; row++)
                    places = Next<V>(places, width, dx + (row * width), planes);
                if (oh % Ahead == 0)
                    PlaneGroup.Gather<V>(from, Shape.OutPlane, planes, nint.Min(Ahead, (nint)Shape.OutHeight - oh) * outWidth, rows);
                float* dy = rows + (oh % Ahead * PlaneGroup.Planes * outWidth);
                above = (float*)places.Above;
                below = (float*)places.Below;
                if (Shape.Interpolation == Interpolation.Nearest)
                    Places.AddNearest<V>(dy, above);
                else if (before == behind)
                    Places.AddAtEdge<V>(dy, part, above);
                else
                    Places.AddBetween<V>(dy, part, above, below);
            }
            for (; row < (nint)Shape.Height; row++)
                places = Next<V>(places, width, dx + (row * width), planes);
        }
    }

    /// <summary>The upper row is done: the lower one takes its place, and an empty one that one's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly (nint Above, nint Below) Next<V>((nint Above, nint Below) places, nint width, float* dx, nint planes) where V : struct, IVector<V>
    {
        PlaneGroup.Scatter<V>((float*)places.Above, width, dx, Shape.Plane, planes);
        Clear(places.Above, width);
        return (places.Below, places.Above);
    }

    private static void Clear(nint row, nint width) => NativeMemory.Clear((void*)row, (nuint)(PlaneGroup.Planes * width * sizeof(float)));
}
