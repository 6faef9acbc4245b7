using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Softmax y = e^(x - m) / Σ e^(x - m), m = max x, and log-softmax y = (x - m) - ln Σ e^(x - m), over the middle of a
/// contiguous (outer, n, inner) tensor; inner is 1 for the last axis. Rows are independent. A row of -∞ alone gives NaN,
/// as in PyTorch. Source and destination may be the same memory.
/// </summary>
/// <remarks>
/// Backward of softmax: dx = y (dy - Σ dy y). Of log-softmax: dx = dy - e^y Σ dy. Sums run in 16 lanes and combine in f64;
/// where inner is more than 1 a line is gathered first, so an axis gives the same bits wherever it lies.
/// </remarks>
public static unsafe class Softmax
{
    /// <summary>Bytes of scratch for a call: a line for each, where inner is more than 1.</summary>
    public static long WorkspaceBytes(long outer, long n, long inner, bool backward) =>
        inner == 1 ? 0 : checked(outer * inner * n * (backward ? 2 : 1) * sizeof(float));

    public static void Forward(Workers workers, float* x, float* y, long outer, long n, long inner, bool log, float* workspace)
    {
        var range = new ForwardRange { X = x, Y = y, N = (nint)n, Inner = (nint)inner, Log = log, Workspace = workspace };
        VectorRanges.For(workers, ref range, outer * inner, 4 * n);
    }

    /// <summary>dx from y and dy.</summary>
    public static void Backward(Workers workers, float* y, float* dy, float* dx, long outer, long n, long inner, bool log, float* workspace)
    {
        var range = new BackwardRange { Y = y, Dy = dy, Dx = dx, N = (nint)n, Inner = (nint)inner, Log = log, Workspace = workspace };
        VectorRanges.For(workers, ref range, outer * inner, (log ? 4 : 2) * n);
    }

    /// <summary>y = ln Σ eˣ of each row of (rows, n): m + ln Σ e^(x - m), or the infinity that m is.</summary>
    public static void LogSumExp(Workers workers, float* x, float* y, long rows, long n)
    {
        var range = new LogSumExpRange { X = x, Y = y, N = (nint)n };
        VectorRanges.For(workers, ref range, rows, 4 * n);
    }

    /// <summary>The plain f64 path.</summary>
    public static void Forward(double* x, double* y, long outer, long n, long inner, bool log)
    {
        for (long line = 0; line < outer * inner; line++)
        {
            long at = line / inner * n * inner + line % inner;
            double max = double.NegativeInfinity, sum = 0;
            for (long i = 0; i < n; i++)
                max = Math.Max(max, x[at + i * inner]);
            for (long i = 0; i < n; i++)
                sum += Math.Exp(x[at + i * inner] - max);
            for (long i = 0; i < n; i++)
            {
                double z = x[at + i * inner] - max;
                y[at + i * inner] = log ? z - Math.Log(sum) : Math.Exp(z) / sum;
            }
        }
    }

    public static void Backward(double* y, double* dy, double* dx, long outer, long n, long inner, bool log)
    {
        for (long line = 0; line < outer * inner; line++)
        {
            long at = line / inner * n * inner + line % inner;
            double sum = 0;
            for (long i = 0; i < n; i++)
                sum += log ? dy[at + i * inner] : dy[at + i * inner] * y[at + i * inner];
            for (long i = 0; i < n; i++)
            {
                long j = at + i * inner;
                dx[j] = log ? dy[j] - Math.Exp(y[j]) * sum : y[j] * (dy[j] - sum);
            }
        }
    }

    private static float* Gather(float* source, long line, nint n, nint inner, float* workspace)
    {
        float* from = source + line / inner * n * inner + line % inner;
        for (nint i = 0; i < n; i++)
            workspace[i] = from[i * inner];
        return workspace;
    }

    private static void Scatter(float* workspace, float* destination, long line, nint n, nint inner)
    {
        float* to = destination + line / inner * n * inner + line % inner;
        for (nint i = 0; i < n; i++)
            to[i * inner] = workspace[i];
    }

    private struct ForwardRange : IVectorRange
    {
        public float* X, Y, Workspace;
        public nint N, Inner;
        public bool Log;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long line = begin; line < end; line++)
            {
                if (Inner == 1)
                {
                    Row<V>(X + line * N, Y + line * N, N, Log);
                    continue;
                }
                float* row = Gather(X, line, N, Inner, Workspace + line * N);
                Row<V>(row, row, N, Log);
                Scatter(row, Y, line, N, Inner);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Row<V>(float* x, float* y, nint n, bool log) where V : struct, IVector<V>
        {
            float max = SoftmaxRow.Max<V>(x, n);
            V m = V.Create(max);
            if (log)
            {
                V logSum = V.Create(SoftmaxRow.LogExpSum<V>(x, n, max));
                nint i = 0;
                for (; i <= n - 16; i += 16)
                    (V.Load(x + i) - m - logSum).Store(y + i);
                if (i < n)
                    (V.Load(x + i, n - i) - m - logSum).Store(y + i, n - i);
            }
            else
            {
                V scale = V.Create((float)(1 / SoftmaxRow.ExpSum<V>(x, n, max, y)));
                nint i = 0;
                for (; i <= n - 16; i += 16)
                    (V.Load(y + i) * scale).Store(y + i);
                if (i < n)
                    (V.Load(y + i, n - i) * scale).Store(y + i, n - i);
            }
        }
    }

    private struct BackwardRange : IVectorRange
    {
        public float* Y, Dy, Dx, Workspace;
        public nint N, Inner;
        public bool Log;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long line = begin; line < end; line++)
            {
                if (Inner == 1)
                {
                    Row<V>(Y + line * N, Dy + line * N, Dx + line * N, N, Log);
                    continue;
                }
                float* y = Gather(Y, line, N, Inner, Workspace + line * 2 * N);
                float* dy = Gather(Dy, line, N, Inner, Workspace + (line * 2 + 1) * N);
                Row<V>(y, dy, dy, N, Log);
                Scatter(dy, Dx, line, N, Inner);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Row<V>(float* y, float* dy, float* dx, nint n, bool log) where V : struct, IVector<V>
        {
            double total = log ? Reduce.Row(default(SumOf), dy, n, V.Create(0)) : SoftmaxRow.Dot<V>(y, dy, n);
            V sum = V.Create((float)total);
            nint i = 0;
            for (; i <= n - 16; i += 16)
            {
                V p = V.Load(y + i), d = V.Load(dy + i);
                (log ? V.Fma(Lanes.Negate(Exp.Of(p)), sum, d) : p * (d - sum)).Store(dx + i);
            }
            if (i < n)
            {
                V p = V.Load(y + i, n - i), d = V.Load(dy + i, n - i);
                (log ? V.Fma(Lanes.Negate(Exp.Of(p)), sum, d) : p * (d - sum)).Store(dx + i, n - i);
            }
        }
    }

    private struct LogSumExpRange : IVectorRange
    {
        public float* X, Y;
        public nint N;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long row = begin; row < end; row++)
            {
                float max = SoftmaxRow.Max<V>(X + row * N, N);
                Y[row] = float.IsInfinity(max) ? max : max + SoftmaxRow.LogExpSum<V>(X + row * N, N, max);
            }
        }
    }
}
