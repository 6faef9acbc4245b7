using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Loops over contiguous elements for any <see cref="IUnaryOp"/>. Source and destination may be the same memory;
/// otherwise they must not overlap. The f64 overloads are the plain path for gradient checks.
/// </summary>
public static unsafe class Unary
{
    /// <summary>y[i] = f(x[i]).</summary>
    public static void Forward<TOp>(Workers workers, TOp op, float* x, float* y, long count) where TOp : struct, IUnaryOp
    {
        var range = new ForwardRange<TOp> { Op = op, X = x, Y = y };
        VectorRanges.For(workers, ref range, count, TOp.Cost);
    }

    public static void Forward<TOp>(TOp op, double* x, double* y, long count) where TOp : struct, IUnaryOp
    {
        for (long i = 0; i < count; i++)
            y[i] = op.Apply(x[i]);
    }

    /// <summary>
    /// dx[i] = f'(x[i]) · dy[i], or that added to dx[i]. Of x and y only what the operation's <c>BackwardNeeds</c> say is
    /// read; the other may be null.
    /// </summary>
    public static void Backward<TOp>(Workers workers, TOp op, float* x, float* y, float* dy, float* dx, long count, bool accumulate = false)
        where TOp : struct, IUnaryOp
    {
        var range = new BackwardRange<TOp> { Op = op, X = x, Y = y, Dy = dy, Dx = dx, Accumulate = accumulate };
        // What can be had from y is cheap.
        VectorRanges.For(workers, ref range, count, TOp.BackwardNeedsX ? TOp.Cost : 1);
    }

    public static void Backward<TOp>(TOp op, double* x, double* y, double* dy, double* dx, long count, bool accumulate = false)
        where TOp : struct, IUnaryOp
    {
        for (long i = 0; i < count; i++)
        {
            double d = op.Backward(TOp.BackwardNeedsX ? x[i] : 0, TOp.BackwardNeedsY ? y[i] : 0, dy[i]);
            dx[i] = accumulate ? dx[i] + d : d;
        }
    }

    private struct ForwardRange<TOp> : IVectorRange where TOp : struct, IUnaryOp
    {
        public TOp Op;
        public float* X, Y;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            TOp op = Op;
            float* x = X;
            float* y = Y;
            nint i = (nint)begin, last = (nint)end - 16;
            for (; i <= last; i += 16)
                op.Apply(V.Load(x + i)).Store(y + i);
            if (i < (nint)end)
                op.Apply(V.Load(x + i, (nint)end - i)).Store(y + i, (nint)end - i);
        }
    }

    private struct BackwardRange<TOp> : IVectorRange where TOp : struct, IUnaryOp
    {
        public TOp Op;
        public float* X, Y, Dy, Dx;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            TOp op = Op;
            float* x = X, y = Y, dy = Dy, dx = Dx;
            bool accumulate = Accumulate;
            nint i = (nint)begin, last = (nint)end - 16;
            for (; i <= last; i += 16)
            {
                V saved = TOp.BackwardNeedsX ? V.Load(x + i) : default, result = TOp.BackwardNeedsY ? V.Load(y + i) : default;
                V d = op.Backward(saved, result, V.Load(dy + i));
                if (accumulate)
                    d = V.Load(dx + i) + d;
                d.Store(dx + i);
            }
            if (i < (nint)end)
            {
                nint n = (nint)end - i;
                V saved = TOp.BackwardNeedsX ? V.Load(x + i, n) : default, result = TOp.BackwardNeedsY ? V.Load(y + i, n) : default;
                V d = op.Backward(saved, result, V.Load(dy + i, n));
                if (accumulate)
                    d = V.Load(dx + i, n) + d;
                d.Store(dx + i, n);
            }
        }
    }
}
