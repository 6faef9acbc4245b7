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
                if (Shape.Mode == PaddingMode.Constant)
                {
                    Frame(Shape, X + (p * Shape.Plane), Y + (p * Shape.OutPlane), Value);
                    continue;
                }
                for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++)
                    Row(Shape, X + (p * Shape.Plane), oh, Y + (p * Shape.OutPlane) + (oh * (nint)Shape.OutWidth), Value);
            }
        }

        /// <summary>A plane in a margin of one value: what ends one row and begins the next is one run.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Frame(in Pad2dShape shape, T* x, T* y, T value)
        {
            nint width = (nint)shape.Width, outWidth = (nint)shape.OutWidth, between = outWidth - width;
            nint run = ((nint)shape.Top * outWidth) + (nint)shape.Left;
            for (nint h = 0; h < (nint)shape.Height; h++, x += width, y += width, run = between)
            {
                Fill(y, run, value);
                y += run;
                Copy(x, y, width);
            }
            Fill(y, run + ((nint)shape.Bottom * outWidth) - (nint)shape.Left, value);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Fill(T* y, nint count, T value)
        {
            if (count > 16)
                new Span<T>(y, (int)count).Fill(value);
            for (nint i = 0; i < count && count <= 16; i++)
                y[i] = value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Copy(T* x, T* y, nint count)
        {
            nint i = 0;
            for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
                Vector.Load(x + i).Store(y + i);
            if (i < count && count >= Vector<T>.Count)
                Vector.Load(x + count - Vector<T>.Count).Store(y + count - Vector<T>.Count);
            for (; i < count && count < Vector<T>.Count; i++)
                y[i] = x[i];
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Row(in Pad2dShape shape, T* x, nint oh, T* y, T value)
        {
            nint from = shape.RowOf(oh), width = (nint)shape.Width, left = (nint)shape.Left, outWidth = (nint)shape.OutWidth;
            T* row = x + (from * width);
            for (nint ow = 0; ow < left; ow++)
                y[ow] = row[shape.ColumnOf(ow)];
            Copy(row, y + left, width);
            for (nint ow = left + width; ow < outWidth; ow++)
                y[ow] = row[shape.ColumnOf(ow)];
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
                if (Shape.Mode == PaddingMode.Constant)
                {
                    Inside(Shape, Dy + (p * Shape.OutPlane), dx);
                    continue;
                }
                new Span<T>(dx, (int)Shape.Plane).Clear();
                for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++)
                {
                    Row(Shape, Dy + (p * Shape.OutPlane) + (oh * (nint)Shape.OutWidth), dx + (Shape.RowOf(oh) * (nint)Shape.Width));
                }
            }
        }

        /// <summary>Each element shows once: 0 + dy, which is dy but for the sign of a zero.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Inside(in Pad2dShape shape, T* dy, T* dx)
        {
            nint width = (nint)shape.Width;
            dy += ((nint)shape.Top * (nint)shape.OutWidth) + (nint)shape.Left;
            for (nint h = 0; h < (nint)shape.Height; h++, dy += (nint)shape.OutWidth, dx += width)
            {
                nint w = 0;
                for (; w <= width - Vector<T>.Count; w += Vector<T>.Count)
                    (Vector<T>.Zero + Vector.Load(dy + w)).Store(dx + w);
                if (w < width && width >= Vector<T>.Count)
                    (Vector<T>.Zero + Vector.Load(dy + width - Vector<T>.Count)).Store(dx + width - Vector<T>.Count);
                for (; w < width && width < Vector<T>.Count; w++)
                    dx[w] = T.Zero + dy[w];
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Row(in Pad2dShape shape, T* dy, T* dx)
        {
            nint width = (nint)shape.Width, left = (nint)shape.Left, outWidth = (nint)shape.OutWidth, w = 0;
            for (nint ow = 0; ow < left; ow++)
                dx[shape.ColumnOf(ow)] += dy[ow];
            for (; w <= width - Vector<T>.Count; w += Vector<T>.Count)
                (Vector.Load(dx + w) + Vector.Load(dy + left + w)).Store(dx + w);
            for (; w < width; w++)
                dx[w] += dy[left + w];
            for (nint ow = left + width; ow < outWidth; ow++)
                dx[shape.ColumnOf(ow)] += dy[ow];
        }
    }
}
