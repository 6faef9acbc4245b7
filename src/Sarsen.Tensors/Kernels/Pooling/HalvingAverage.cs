using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// <see cref="AvgPool2d"/> of windows of 2 × 2, or of 1 × 2, side by side, all within the picture, sixteen at a time and with the bits of
/// the plain loop: <c>y = (((0 + a) + b) + c + d) / 4</c> row by row, and dx = 0 + dy / 4; of one row without c and d, by 2.
/// </summary>
internal static unsafe class HalvingAverage
{
    public static bool Is(in Pool2dShape shape) =>
        (shape.Window == new Window2d(2, 2).WithStride(2) || shape.Window == new Window1d(2, 2).OverOneRow)
        && shape.Window.KernelHeight * shape.OutHeight <= shape.Height && 2 * shape.OutWidth <= shape.Width;

    public static void Forward(in Pool2dShape shape, float* x, float* y, Workers workers)
    {
        var range = new ForwardRange { Shape = shape, X = x, Y = y };
        VectorRanges.For(workers, ref range, shape.Planes, shape.Plane);
    }

    public static void Backward(in Pool2dShape shape, float* dy, float* dx, Workers workers)
    {
        var range = new BackwardRange { Shape = shape, Dy = dy, Dx = dx };
        VectorRanges.For(workers, ref range, shape.Planes, shape.Plane);
    }

    private static float Share(in Pool2dShape shape) => 0.5f / shape.Window.KernelHeight;

    /// <summary>Elements that whole vectors of so many windows touch in a row.</summary>
    private static nint Touched(nint windows) => 2 * ((windows + 15) & ~15);

    private struct ForwardRange : IVectorRange
    {
        public Pool2dShape Shape;
        public float* X, Y;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint width = (nint)Shape.Width, outWidth = (nint)Shape.OutWidth, outHeight = (nint)Shape.OutHeight, rows = (nint)Shape.Window.KernelHeight;
            // Of one row the lower one is itself, and is not added.
            nint lower = (rows - 1) * width;
            float share = Share(Shape);
            float* behind = X + (nint)Shape.Planes * Shape.Plane;
            for (nint p = (nint)begin; p < (nint)end; p++)
            {
                float* x = X + p * Shape.Plane, y = Y + p * Shape.OutPlane;
                for (nint oh = 0; oh < outHeight; oh++, x += rows * width, y += outWidth)
                {
                    nint whole = x + lower + Touched(outWidth) <= behind ? outWidth : outWidth & ~15;
                    for (nint o = 0; o < whole; o += 16)
                    {
                        V.LoadPairs(x + 2 * o, out V topLeft, out V topRight);
                        V sum = V.Create(0) + topLeft + topRight;
                        if (rows == 2)
                        {
                            V.LoadPairs(x + width + 2 * o, out V bottomLeft, out V bottomRight);
                            sum = sum + bottomLeft + bottomRight;
                        }
                        (sum * V.Create(share)).Store(y + o, nint.Min(16, whole - o));
                    }
                    for (nint o = whole; o < outWidth; o++)
                    {
                        float sum = 0 + x[2 * o] + x[2 * o + 1];
                        y[o] = (rows == 2 ? sum + x[width + 2 * o] + x[width + 2 * o + 1] : sum) * share;
                    }
                }
            }
        }
    }

    private struct BackwardRange : IVectorRange
    {
        public Pool2dShape Shape;
        public float* Dy, Dx;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint width = (nint)Shape.Width, outWidth = (nint)Shape.OutWidth, outHeight = (nint)Shape.OutHeight, rows = (nint)Shape.Window.KernelHeight;
            float share = Share(Shape);
            float* behind = Dx + (nint)end * Shape.Plane;
            for (nint p = (nint)begin; p < (nint)end; p++)
            {
                float* dx = Dx + p * Shape.Plane, dy = Dy + p * Shape.OutPlane;
                for (nint row = 0; row < rows * outHeight; row++, dx += width)
                {
                    float* from = dy + row / rows * outWidth;
                    // What is written behind a row belongs to later rows of the same range, which come after it.
                    nint whole = dx + Touched(outWidth) <= behind ? outWidth : outWidth & ~15;
                    for (nint o = 0; o < whole; o += 16)
                    {
                        V each = V.Create(0) + V.Load(from + o, nint.Min(16, whole - o)) * V.Create(share);
                        V.StorePairs(each, each, dx + 2 * o);
                    }
                    for (nint o = whole; o < outWidth; o++)
                        dx[2 * o] = dx[2 * o + 1] = 0 + from[o] * share;
                    new Span<float>(dx + 2 * outWidth, (int)(width - 2 * outWidth)).Clear();
                }
                new Span<float>(dx, (int)((nint)Shape.Height - rows * outHeight) * (int)width).Clear();
            }
        }
    }
}
