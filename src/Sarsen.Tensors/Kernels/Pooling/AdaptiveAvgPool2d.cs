using System.Numerics;
using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Average pooling to a given size, as PyTorch's AdaptiveAvgPool2d: <c>y[p, oh, ow] = Σ x[p, h, w] / d</c> over the window
/// that <see cref="AdaptivePool2dShape"/> names, h and w ascending, d its elements. Generic over the element, which also
/// makes it the f64 path. Kernels trust their arguments, never throw, allocate nothing.
/// </summary>
public static unsafe class AdaptiveAvgPool2d
{
    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Planes, Height, Width)</param>
    /// <param name="y">(Planes, OutHeight, OutWidth), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    public static void Forward<T>(in AdaptivePool2dShape shape, T* x, T* y, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var job = new Job<T> { Shape = shape, From = x, To = y };
        workers.For(ref job, shape.Chunks.Count);
    }

    /// <summary><c>dx[p, h, w] = Σ dy[p, oh, ow] / d</c> over the windows that hold (h, w), oh and ow ascending.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dy">(Planes, OutHeight, OutWidth)</param>
    /// <param name="dx">(Planes, Height, Width), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    public static void Backward<T>(in AdaptivePool2dShape shape, T* dy, T* dx, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var job = new Job<T> { Shape = shape, From = dy, To = dx, IsBackward = true };
        workers.For(ref job, shape.Chunks.Count);
    }

    private struct Job<T> : IChunkJob where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public AdaptivePool2dShape Shape;
        public T* From, To;
        public bool IsBackward;

        public readonly void Run(int chunk)
        {
            (nint first, nint end) = Shape.Chunks.Of(chunk);
            for (nint p = first; p < end; p++)
            {
                if (IsBackward)
                    Spread(Shape, From + (p * Shape.OutPlane), To + (p * Shape.Plane));
                else
                    Average(Shape, From + (p * Shape.Plane), To + (p * Shape.OutPlane));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Average(in AdaptivePool2dShape shape, T* x, T* y)
        {
            nint width = (nint)shape.Width, outWidth = (nint)shape.OutWidth;
            for (nint oh = 0; oh < (nint)shape.OutHeight; oh++)
            {
                (nint top, nint bottom) = shape.Rows(oh);
                for (nint ow = 0; ow < outWidth; ow++)
                {
                    (nint left, nint right) = shape.Columns(ow);
                    T sum = T.Zero;
                    for (nint h = top; h < bottom; h++)
                    {
                        for (nint w = left; w < right; w++)
                            sum += x[(h * width) + w];
                    }
                    y[(oh * outWidth) + ow] = sum / T.CreateTruncating((bottom - top) * (right - left));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Spread(in AdaptivePool2dShape shape, T* dy, T* dx)
        {
            nint width = (nint)shape.Width, outWidth = (nint)shape.OutWidth;
            new Span<T>(dx, (int)shape.Plane).Clear();
            for (nint oh = 0; oh < (nint)shape.OutHeight; oh++)
            {
                (nint top, nint bottom) = shape.Rows(oh);
                for (nint ow = 0; ow < outWidth; ow++)
                {
                    (nint left, nint right) = shape.Columns(ow);
                    T share = dy[(oh * outWidth) + ow] / T.CreateTruncating((bottom - top) * (right - left));
                    for (nint h = top; h < bottom; h++)
                    {
                        for (nint w = left; w < right; w++)
                            dx[(h * width) + w] += share;
                    }
                }
            }
        }
    }
}
