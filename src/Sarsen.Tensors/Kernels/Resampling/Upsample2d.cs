using System.Numerics;
using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Pictures of another size, as PyTorch's Upsample with mode nearest or bilinear. Between rows a, b and columns l, r, with
/// parts v and u: <c>y = (1 - v) ((1 - u) x[a, l] + u x[a, r]) + v ((1 - u) x[b, l] + u x[b, r])</c>. Generic over the
/// element, which also makes it the f64 path; in f32 the same bits come of vectors. Kernels trust their arguments, never throw, allocate nothing.
/// </summary>
public static unsafe class Upsample2d
{
    /// <summary>Below so many planes the lanes of a group of them would lie idle.</summary>
    private const long LeastPlanes = 6;

    /// <summary>Where a column of the result looks.</summary>
    private struct Place<T>
    {
        public int Before, Behind;
        public T Part;
    }

    /// <summary>Bytes of scratch memory for forward and backward: the places of the columns, which all rows share, and rows for each thread.</summary>
    public static long WorkspaceBytes<T>(in Upsample2dShape shape, Workers workers) where T : unmanaged => Math.Max(
        shape.OutWidth * sizeof(Place<T>),
        typeof(T) != typeof(float) ? 0 : UpsamplePlaces.Bytes(shape) + (workers.Count * Math.Max(UpsamplePlanes.LaneFloats(shape), UpsampleGradient.LaneFloats(shape)) * sizeof(float)));

    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Planes, Height, Width)</param>
    /// <param name="y">(Planes, OutHeight, OutWidth), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/>, 8-byte aligned.</param>
    public static void Forward<T>(in Upsample2dShape shape, T* x, T* y, Workers workers, void* workspace) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float))
        {
            Reference(shape, x, y, isBackward: false, workers, workspace);
            return;
        }
        float* lanes = (float*)((byte*)workspace + UpsamplePlaces.Bytes(shape));
        var range = new UpsamplePlanes { Shape = shape, Places = new UpsamplePlaces(shape, workspace), X = (float*)x, Y = (float*)y, Lanes = lanes };
        VectorRanges.ForLanes(workers, ref range, shape.Planes, shape.Plane + shape.OutPlane);
    }

    /// <summary><c>dx[p, h, w] = Σ</c> of each dy times the weight by which it looks at (h, w), oh and ow ascending.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dy">(Planes, OutHeight, OutWidth)</param>
    /// <param name="dx">(Planes, Height, Width), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/>, 8-byte aligned.</param>
    public static void Backward<T>(in Upsample2dShape shape, T* dy, T* dx, Workers workers, void* workspace) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && UpsampleTwice.Is(shape))
        {
            var twice = new UpsampleTwice { Shape = shape, Dy = (float*)dy, Dx = (float*)dx };
            VectorRanges.For(workers, ref twice, shape.Planes, shape.OutPlane);
            return;
        }
        if (typeof(T) != typeof(float) || shape.Planes < LeastPlanes)
        {
            Reference(shape, dy, dx, isBackward: true, workers, workspace);
            return;
        }
        float* lanes = (float*)((byte*)workspace + UpsamplePlaces.Bytes(shape));
        var range = new UpsampleGradient { Shape = shape, Places = new UpsamplePlaces(shape, workspace), Dy = (float*)dy, Dx = (float*)dx, Lanes = lanes };
        VectorRanges.ForLanes(workers, ref range, range.Groups, range.Cost);
    }

    /// <summary>Both, element by element.</summary>
    internal static void Reference<T>(in Upsample2dShape shape, T* from, T* to, bool isBackward, Workers workers, void* workspace) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var columns = (Place<T>*)workspace;
        for (nint ow = 0; ow < (nint)shape.OutWidth; ow++)
        {
            (nint before, nint behind, double part) = shape.Column(ow);
            columns[ow] = new Place<T> { Before = (int)before, Behind = (int)behind, Part = T.CreateTruncating(part) };
        }
        var job = new Job<T> { Shape = shape, From = from, To = to, Columns = columns, IsBackward = isBackward };
        workers.For(ref job, shape.Chunks.Count);
    }

    private struct Job<T> : IChunkJob where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Upsample2dShape Shape;
        public T* From, To;
        public Place<T>* Columns;
        public bool IsBackward;

        public readonly void Run(int chunk)
        {
            (nint first, nint end) = Shape.Chunks.Of(chunk);
            for (nint p = first; p < end; p++)
            {
                T* picture = (IsBackward ? To : From) + (p * Shape.Plane), result = (IsBackward ? From : To) + (p * Shape.OutPlane);
                if (IsBackward)
                    new Span<T>(picture, (int)Shape.Plane).Clear();
                nint last = -1, outWidth = (nint)Shape.OutWidth;
                for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++, result += outWidth)
                {
                    (nint before, nint behind, double part) = Shape.Row(oh);
                    T* a = picture + (before * (nint)Shape.Width), b = picture + (behind * (nint)Shape.Width);
                    if (Shape.Interpolation == Interpolation.Nearest)
                    {
                        if (IsBackward)
                            Gather(a, result, outWidth);
                        else if (before == last)
                            Buffer.MemoryCopy(result - outWidth, result, outWidth * sizeof(T), outWidth * sizeof(T));
                        else
                            Pick(a, result, outWidth);
                        last = before;
                    }
                    else if (IsBackward)
                        Spread(a, b, T.CreateTruncating(part), result);
                    else
                        Blend(a, b, T.CreateTruncating(part), result);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Pick(T* picture, T* result, nint count)
        {
            Place<T>* columns = Columns;
            for (nint ow = 0; ow < count; ow++)
                result[ow] = picture[columns[ow].Before];
        }

        // What a run of columns adds to one element stays in a register.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Gather(T* picture, T* result, nint count)
        {
            Place<T>* columns = Columns;
            for (nint ow = 0; ow < count;)
            {
                nint to = columns[ow].Before;
                T sum = picture[to];
                do
                    sum += result[ow++];
                while (ow < count && columns[ow].Before == to);
                picture[to] = sum;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Blend(T* a, T* b, T v, T* y)
        {
            for (nint ow = 0; ow < (nint)Shape.OutWidth; ow++)
            {
                Place<T> at = Columns[ow];
                T u = at.Part;
                y[ow] = ((T.One - v) * (((T.One - u) * a[at.Before]) + (u * a[at.Behind]))) + (v * (((T.One - u) * b[at.Before]) + (u * b[at.Behind])));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Spread(T* a, T* b, T v, T* dy)
        {
            for (nint ow = 0; ow < (nint)Shape.OutWidth; ow++)
            {
                Place<T> at = Columns[ow];
                T u = at.Part, above = (T.One - v) * dy[ow], below = v * dy[ow];
                a[at.Before] += (T.One - u) * above;
                a[at.Behind] += u * above;
                b[at.Before] += (T.One - u) * below;
                b[at.Behind] += u * below;
            }
        }
    }
}
