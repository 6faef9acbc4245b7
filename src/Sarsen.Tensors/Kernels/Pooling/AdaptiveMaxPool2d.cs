using System.Numerics;
using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Max pooling to a given size, as PyTorch's AdaptiveMaxPool2d: the largest element of the window that
/// <see cref="AdaptivePool2dShape"/> names. Ties and not-a-number as in <see cref="MaxPool2d"/>. Kernels trust their
/// arguments, never throw, allocate nothing.
/// </summary>
public static unsafe class AdaptiveMaxPool2d
{
    /// <summary>Below so many planes the lanes of a group would lie idle.</summary>
    private const long LeastPlanes = 6;

    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Planes, Height, Width)</param>
    /// <param name="y">(Planes, OutHeight, OutWidth), overwritten.</param>
    /// <param name="indices">(Planes, OutHeight, OutWidth): where in its plane, h · Width + w, each maximum stands; or null.</param>
    /// <param name="workers">Who does it.</param>
    public static void Forward<T>(in AdaptivePool2dShape shape, T* x, T* y, int* indices, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float) || shape.Planes < LeastPlanes)
        {
            Reference(shape, x, y, indices, workers);
            return;
        }
        var range = new AdaptiveMaximum(shape, (float*)x, (float*)y, indices);
        VectorRanges.For(workers, ref range, range.Groups, range.Cost);
    }

    /// <summary><see cref="Forward"/>, element by element.</summary>
    internal static void Reference<T>(in AdaptivePool2dShape shape, T* x, T* y, int* indices, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var job = new ForwardJob<T> { Shape = shape, X = x, Y = y, Indices = indices };
        workers.For(ref job, shape.Chunks.Count);
    }

    /// <summary><c>dx[p, indices[p, o]] += dy[p, o]</c>, o ascending, from zero.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dy">(Planes, OutHeight, OutWidth)</param>
    /// <param name="indices">As <see cref="Forward"/> wrote them.</param>
    /// <param name="dx">(Planes, Height, Width), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    public static void Backward<T>(in AdaptivePool2dShape shape, T* dy, int* indices, T* dx, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var job = new BackwardJob<T> { Shape = shape, Dy = dy, Indices = indices, Dx = dx };
        workers.For(ref job, shape.Chunks.Count);
    }

    private struct ForwardJob<T> : IChunkJob where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public AdaptivePool2dShape Shape;
        public T* X, Y;
        public int* Indices;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int chunk)
        {
            (nint first, nint end) = Shape.Chunks.Of(chunk);
            for (nint p = first; p < end; p++)
            {
                T* x = X + (p * Shape.Plane);
                nint o = p * Shape.OutPlane;
                for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++)
                {
                    for (nint ow = 0; ow < (nint)Shape.OutWidth; ow++, o++)
                    {
                        nint at = Find(Shape, x, oh, ow);
                        Y[o] = x[at];
                        if (Indices != null)
                            Indices[o] = (int)at;
                    }
                }
            }
        }

        private static nint Find(in AdaptivePool2dShape shape, T* x, nint oh, nint ow)
        {
            (nint top, nint bottom) = shape.Rows(oh);
            (nint left, nint right) = shape.Columns(ow);
            nint width = (nint)shape.Width, at = (top * width) + left;
            T best = x[at];
            for (nint h = top; h < bottom; h++)
            {
                for (nint w = left; w < right; w++)
                {
                    T value = x[(h * width) + w];
                    if (value > best || T.IsNaN(value))
                        (best, at) = (value, (h * width) + w);
                }
            }
            return at;
        }
    }

    private struct BackwardJob<T> : IChunkJob where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public AdaptivePool2dShape Shape;
        public T* Dy, Dx;
        public int* Indices;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int chunk)
        {
            (nint first, nint end) = Shape.Chunks.Of(chunk);
            for (nint p = first; p < end; p++)
            {
                T* dx = Dx + (p * Shape.Plane);
                new Span<T>(dx, (int)Shape.Plane).Clear();
                for (nint o = p * Shape.OutPlane; o < (p + 1) * Shape.OutPlane; o++)
                    dx[Indices[o]] += Dy[o];
            }
        }
    }
}
