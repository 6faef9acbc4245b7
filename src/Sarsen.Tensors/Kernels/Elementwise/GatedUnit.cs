using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = a ⊗ f(b), where a and b are the two halves of x along one dimension: x is (outer, 2, inner), y (outer, inner), both
/// contiguous. da = f(b) dy, db = a f'(b) dy. f = σ is PyTorch's GLU (Dauphin et al., ICML 2017), f = GELU is GEGLU
/// (Shazeer, arXiv:2002.05202, 2020).
/// </summary>
public static unsafe class GatedUnit
{
    public static void Forward<TGate>(Workers workers, TGate gate, float* x, float* y, long outer, long inner) where TGate : struct, IUnaryOp
    {
        var range = new ForwardRange<TGate> { Gate = gate, X = x, Y = y, Inner = inner };
        VectorRanges.For(workers, ref range, outer * inner, 4);
    }

    public static void Backward<TGate>(Workers workers, TGate gate, float* x, float* dy, float* dx, long outer, long inner) where TGate : struct, IUnaryOp
    {
        var range = new BackwardRange<TGate> { Gate = gate, X = x, Dy = dy, Dx = dx, Inner = inner };
        VectorRanges.For(workers, ref range, outer * inner, 8);
    }

    /// <summary>The plain f64 path.</summary>
    public static void Forward<TGate>(TGate gate, double* x, double* y, long outer, long inner) where TGate : struct, IUnaryOp
    {
        for (long i = 0; i < outer * inner; i++)
        {
            double* a = x + i / inner * 2 * inner + i % inner;
            y[i] = *a * gate.Apply(a[inner]);
        }
    }

    /// <summary>The plain f64 path.</summary>
    public static void Backward<TGate>(TGate gate, double* x, double* dy, double* dx, long outer, long inner) where TGate : struct, IUnaryOp
    {
        for (long i = 0; i < outer * inner; i++)
        {
            long at = i / inner * 2 * inner + i % inner;
            (double a, double b, double f) = (x[at], x[at + inner], gate.Apply(x[at + inner]));
            dx[at] = f * dy[i];
            dx[at + inner] = gate.Backward(b, f, a * dy[i]);
        }
    }

    private struct ForwardRange<TGate> : IVectorRange where TGate : struct, IUnaryOp
    {
        public TGate Gate;
        public float* X, Y;
        public long Inner;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            TGate gate = Gate;
            nint inner = (nint)Inner;
            while (begin < end)
            {
                long within = begin % Inner;
                nint n = (nint)Math.Min(Inner - within, end - begin);
                float* a = X + begin + begin / Inner * Inner, y = Y + begin;
                for (nint i = 0; i < n; i += 16)
                {
                    nint count = Math.Min(16, n - i);
                    (V.Load(a + i, count) * gate.Apply(V.Load(a + inner + i, count))).Store(y + i, count);
                }
                begin += n;
            }
        }
    }

    private struct BackwardRange<TGate> : IVectorRange where TGate : struct, IUnaryOp
    {
        public TGate Gate;
        public float* X, Dy, Dx;
        public long Inner;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            TGate gate = Gate;
            nint inner = (nint)Inner;
            while (begin < end)
            {
                long within = begin % Inner, at = begin + begin / Inner * Inner;
                nint n = (nint)Math.Min(Inner - within, end - begin);
                float* a = X + at, da = Dx + at, dy = Dy + begin;
                for (nint i = 0; i < n; i += 16)
                {
                    nint count = Math.Min(16, n - i);
                    V up = V.Load(dy + i, count), b = V.Load(a + inner + i, count), f = gate.Apply(b);
                    (f * up).Store(da + i, count);
                    gate.Backward(b, f, V.Load(a + i, count) * up).Store(da + inner + i, count);
                }
                begin += n;
            }
        }
    }
}
