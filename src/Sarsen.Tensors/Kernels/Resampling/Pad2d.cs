using System.Numerics;
using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Pictures with a margin, as PyTorch's ConstantPad2d, ReflectionPad2d and ReplicationPad2d:
/// <c>y[p, oh, ow] = x[p, row(oh), column(ow)]</c>, or the constant. Generic over the element, which also makes it the f64
/// path. Kernels trust their arguments, never throw, allocate nothing.
/// </summary>
public static unsafe class Pad2d
{
    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Planes, Height, Width)</param>
    /// <param name="y">(Planes, OutHeight, OutWidth), overwritten.</param>
    /// <param name="value">The constant, where that is the mode.</param>
    /// <param name="workers">Who does it.</param>
    public static void Forward<T>(in Pad2dShape shape, T* x, T* y, T value, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var job = new ForwardJob<T> { Shape = shape, X = x, Y = y, Value = value };
        workers.For(ref job, shape.Chunks.Count);
    }

    /// <summary><c>dx[p, h, w] = Σ dy[p, oh, ow]</c> over what shows (h, w): rows ascending, in a row what stands left, the picture, what stands right.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dy">(Planes, OutHeight, OutWidth)</param>
    /// <param name="dx">(Planes, Height, Width), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    public static void Backward<T>(in Pad2dShape shape, T* dy, T* dx, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var job = new BackwardJob<T> { Shape = shape, Dy = dy, Dx = dx };
        workers.For(ref job, shape.Chunks.Count);
    }

    private struct ForwardJob<T> : IChunkJob where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Pad2dShape Shape;
        public T* X, Y;
        public T Value;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int chunk)
        {
            (nint first, nint end) = Shape.Chunks.Of(chunk);
            for (nint p = first; p < end; p++)
            {
                for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++)
                    Row(Shape, X + (p * Shape.Plane), oh, Y + (p * Shape.OutPlane) + (oh * (nint)Shape.OutWidth), Value);
            }
        }

        private static void Row(in Pad2dShape shape, T* x, nint oh, T* y, T value)
        {
            nint from = shape.RowOf(oh), width = (nint)shape.Width, left = (nint)shape.Left, outWidth = (nint)shape.OutWidth;
            if (from < 0)
            {
                new Span<T>(y, (int)outWidth).Fill(value);
                return;
            }
            T* row = x + (from * width);
            for (nint ow = 0; ow < left; ow++)
                y[ow] = shape.ColumnOf(ow) is >= 0 and nint w ? row[w] : value;
            Buffer.MemoryCopy(row, y + left, width * sizeof(T), width * sizeof(T));
            for (nint ow = left + width; ow < outWidth; ow++)
                y[ow] = shape.ColumnOf(ow) is >= 0 and nint w ? row[w] : value;
        }
    }

    private struct BackwardJob<T> : IChunkJob where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Pad2dShape Shape;
        public T* Dy, Dx;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int chunk)
        {
            (nint first, nint end) = Shape.Chunks.Of(chunk);
            for (nint p = first; p < end; p++)
            {
                T* dx = Dx + (p * Shape.Plane);
                new Span<T>(dx, (int)Shape.Plane).Clear();
                for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++)
                {
                    if (Shape.RowOf(oh) is >= 0 and nint h)
                        Row(Shape, Dy + (p * Shape.OutPlane) + (oh * (nint)Shape.OutWidth), dx + (h * (nint)Shape.Width));
                }
            }
        }

        private static void Row(in Pad2dShape shape, T* dy, T* dx)
        {
            nint width = (nint)shape.Width, left = (nint)shape.Left, outWidth = (nint)shape.OutWidth, w = 0;
            for (nint ow = 0; ow < left; ow++)
                Add(shape, dy, ow, dx);
            for (; w <= width - Vector<T>.Count; w += Vector<T>.Count)
                (Vector.Load(dx + w) + Vector.Load(dy + left + w)).Store(dx + w);
            for (; w < width; w++)
                dx[w] += dy[left + w];
            for (nint ow = left + width; ow < outWidth; ow++)
                Add(shape, dy, ow, dx);
        }

        private static void Add(in Pad2dShape shape, T* dy, nint ow, T* dx)
        {
            if (shape.ColumnOf(ow) is >= 0 and nint w)
                dx[w] += dy[ow];
        }
    }
}
