using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Softmax and cross-entropy in one, over rows of logits (N, C), as torch.nn.CrossEntropyLoss: with classes y,
/// lₙ = -(1 - ε) w_y ln p_y - ε/C Σ w_c ln p_c, and 0 where y is the ignored index; with probabilities t,
/// lₙ = -Σ w_c t'_c ln p_c, t' = (1 - ε) t + ε/C. The reductions: none is lₙ, sum is Σ lₙ, mean is Σ lₙ / Σ w_y over the
/// rows that are not ignored (for probabilities Σ lₙ / N).
/// </summary>
/// <remarks>
/// Forward saves for each row its maximum and ln Σ e^(x - m); backward makes the probabilities again, so nothing of
/// size (N, C) is kept. dx_c = g (A p_c - b_c) with b the weighted target and A = Σ b.
/// Classes must be in 0 .. C - 1 or the ignored index: <see cref="FirstOutside"/> finds one that is not.
/// </remarks>
public static unsafe class CrossEntropy
{
    /// <summary>The first row whose class is neither in 0 .. classes - 1 nor the ignored index; -1 if none.</summary>
    public static long FirstOutside(long* targets, long rows, long classes, long ignoreIndex)
    {
        for (long n = 0; n < rows; n++)
        {
            if (targets[n] != ignoreIndex && (ulong)targets[n] >= (ulong)classes)
                return n;
        }
        return -1;
    }

    /// <summary>Σ w_y over rows that are not ignored, the divisor of the mean; weights may be null for ones.</summary>
    public static double WeightSum<T>(long* targets, T* weights, long rows, long ignoreIndex) where T : unmanaged, System.Numerics.INumberBase<T>
    {
        double sum = 0;
        for (long n = 0; n < rows; n++)
        {
            if (targets[n] != ignoreIndex)
                sum += weights is null ? 1 : double.CreateChecked(weights[targets[n]]);
        }
        return sum;
    }

    /// <summary>Losses (N) and saved (N, 2) from logits (N, C) and classes (N); weights (C) may be null.</summary>
    public static void Forward(Workers workers, float* logits, long* targets, float* weights, float* losses, float* saved, long rows, long classes, long ignoreIndex, double smoothing) =>
        Forward(workers, new Range { X = logits, Targets = targets, Weights = weights, Losses = losses, Saved = saved, C = (nint)classes, Ignored = ignoreIndex, Smoothing = smoothing }, rows);

    /// <summary>The same with probabilities (N, C) as targets.</summary>
    public static void Forward(Workers workers, float* logits, float* probabilities, float* weights, float* losses, float* saved, long rows, long classes, double smoothing) =>
        Forward(workers, new Range { X = logits, Probabilities = probabilities, Weights = weights, Losses = losses, Saved = saved, C = (nint)classes, Smoothing = smoothing }, rows);

    /// <summary>
    /// Gradient of the logits. <paramref name="dloss"/> is (N) where <paramref name="perRow"/> is set, else one element;
    /// it is multiplied by <paramref name="scale"/>, one over the divisor for a mean.
    /// </summary>
    public static void Backward(Workers workers, float* logits, long* targets, float* weights, float* saved, float* dloss, bool perRow, double scale, float* dlogits, long rows, long classes, long ignoreIndex, double smoothing) =>
        Backward(workers, new Range { X = logits, Targets = targets, Weights = weights, Saved = saved, Losses = dloss, PerRow = perRow, Scale = scale, Dx = dlogits, C = (nint)classes, Ignored = ignoreIndex, Smoothing = smoothing }, rows);

    /// <summary>The same with probabilities (N, C) as targets, which get no gradient.</summary>
    public static void Backward(Workers workers, float* logits, float* probabilities, float* weights, float* saved, float* dloss, bool perRow, double scale, float* dlogits, long rows, long classes, double smoothing) =>
        Backward(workers, new Range { X = logits, Probabilities = probabilities, Weights = weights, Saved = saved, Losses = dloss, PerRow = perRow, Scale = scale, Dx = dlogits, C = (nint)classes, Smoothing = smoothing }, rows);

    private static void Forward(Workers workers, Range range, long rows) => VectorRanges.For(workers, ref range, rows, 4 * range.C);

    private static void Backward(Workers workers, Range range, long rows)
    {
        range.IsBackward = true;
        VectorRanges.For(workers, ref range, rows, 4 * range.C);
    }

    private struct Range : IVectorRange
    {
        public float* X, Probabilities, Weights, Losses, Saved, Dx;
        public long* Targets;
        public nint C;
        public long Ignored;
        public double Smoothing, Scale;
        public bool PerRow, IsBackward;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long n = begin; n < end; n++)
            {
                if (IsBackward)
                    BackwardRow<V>(n);
                else
                    ForwardRow<V>(n);
            }
        }

        private readonly bool IsIgnored(long n) => Targets is not null && Targets[n] == Ignored;

        private readonly double Weight(long c) => Weights is null ? 1 : Weights[c];

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void ForwardRow<V>(long n) where V : struct, IVector<V>
        {
            float* x = X + n * C;
            float max = SoftmaxRow.Max<V>(x, C), logSum = SoftmaxRow.LogExpSum<V>(x, C, max);
            Saved[2 * n] = max;
            Saved[2 * n + 1] = logSum;
            double loss = 0;
            if (Targets is not null && !IsIgnored(n))
                loss = -(1 - Smoothing) * Weight(Targets[n]) * ((double)x[Targets[n]] - max - logSum);
            if (Targets is null || (Smoothing != 0 && !IsIgnored(n)))
            {
                // -Σ b_c ln p_c with b the target, or what smoothing adds to a class.
                double sum = 0;
                for (nint c = 0; c < C; c++)
                {
                    double b = Weight(c) * (Smoothing / C + (Targets is null ? (1 - Smoothing) * Probabilities[n * C + c] : 0));
                    if (b != 0)
                        sum += b * ((double)x[c] - max - logSum);
                }
                loss -= sum;
            }
            Losses[n] = (float)loss;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void BackwardRow<V>(long n) where V : struct, IVector<V>
        {
            float* x = X + n * C, dx = Dx + n * C;
            bool ignored = IsIgnored(n);
            double g = Losses[PerRow ? n : 0] * Scale, share = Smoothing / C, total = 0;
            if (Targets is null || Smoothing != 0)
            {
                for (nint c = 0; c < C; c++)
                    total += Weight(c) * (share + (Targets is null ? (1 - Smoothing) * Probabilities[n * C + c] : 0));
            }
            double own = Targets is null || ignored ? 0 : (1 - Smoothing) * Weight(Targets[n]);
            V max = V.Create(Saved[2 * n]), logSum = V.Create(Saved[2 * n + 1]);
            V factor = V.Create((float)(g * (total + own))), uniform = V.Create((float)share), keep = V.Create((float)(1 - Smoothing));
            V minus = V.Create((float)-g);
            for (nint c = 0; c < C; c += 16)
            {
                nint k = Math.Min(16, C - c);
                if (ignored)
                {
                    V.Create(0).Store(dx + c, k);
                    continue;
                }
                V p = Exp.Of(V.Load(x + c, k) - max - logSum);
                V b = Targets is null ? V.Fma(keep, V.Load(Probabilities + n * C + c, k), uniform) : uniform;
                if (Weights is not null)
                    b = b * V.Load(Weights + c, k);
                V.Fma(minus, b, factor * p).Store(dx + c, k);
            }
            if (!ignored && Targets is not null)
                dx[Targets[n]] = (float)(dx[Targets[n]] - g * own);
        }
    }
}
