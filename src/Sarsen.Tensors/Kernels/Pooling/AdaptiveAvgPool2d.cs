using System.Numerics;
using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Average pooling to a given size, as PyTorch's AdaptiveAvgPool2d: <c>y[p, oh, ow] = Σ x[p, h, w] / d</c> over the window
/// that <see cref="AdaptivePool2dShape"/> names, h and w ascending, d its elements. Generic over the element, which also
/// makes it the f64 path; averages of many planes in f32 are <see cref="AdaptiveAverage"/>'s, of the same bits. Kernels trust their arguments, never throw, allocate nothing.
/// </summary>
public static unsafe class AdaptiveAvgPool2d
{
    /// <summary>Below so many planes the lanes of a group would lie idle.</summary>
    private const long LeastPlanes = 6;

    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Planes, Height, Width)</param>
    /// <param name="y">(Planes, OutHeight, OutWidth), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    public static void Forward<T>(in AdaptivePool2dShape shape, T* x, T* y, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float) || shape.Planes < LeastPlanes)
        {
            Reference(shape, x, y, workers);
            return;
        }
        var range = new AdaptiveAverage(shape, (float*)x, (float*)y);
        VectorRanges.For(workers, ref range, range.Groups, range.Cost);
    }

    /// <summary><see cref="Forward"/>, element by element.</summary>
    internal static void Reference<T>(in AdaptivePool2dShape shape, T* x, T* y, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
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
            nint width = (nint)shape.Width, outWidth = (nint)shape.OutWidth, written = 0;
            for (nint oh = 0; oh < (nint)shape.OutHeight; oh++, dy += outWidth)
            {
                (nint top, nint bottom) = shape.Rows(oh);
                // A row that the windows above hold too has their shares already.
                for (; top < written; top++)
                    AddShares(shape, dy, bottom - shape.Rows(oh).First, dx + (top * width));
                T* row = dx + (top * width);
                for (nint h = top; h < bottom; h++)
                {
                    if (h > top)
                    {
                        Buffer.MemoryCopy(row, dx + (h * width), width * sizeof(T), width * sizeof(T));
                        continue;
                    }
                    new Span<T>(row, (int)width).Clear();
                    AddShares(shape, dy, bottom - shape.Rows(oh).First, row);
                }
                written = nint.Max(written, bottom);
            }
        }

        /// <summary>To each element of a row its shares of a row of dy whose windows are so many rows high.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddShares(in AdaptivePool2dShape shape, T* dy, nint height, T* row)
        {
            for (nint ow = 0; ow < (nint)shape.OutWidth; ow++)
            {
                (nint left, nint right) = shape.Columns(ow);
                T share = dy[ow] / T.CreateTruncating(height * (right - left));
                for (nint w = left; w < right; w++)
                    row[w] += share;
            }
        }
    }
}
