using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The pointwise part of torch.nn.LSTM's cell. From a = W_ih x + W_hh h of (B, 4H) plus b = b_ih + b_hh of (4H), in the order i, f, g, o: i, f, o = σ(a + b), g = tanh(a + b); c' = f c + i g; h' = o tanh c'.
/// Source: Hochreiter, Schmidhuber, Neural Computation 9 (1997), as PyTorch writes it.
/// </summary>
/// <remarks>
/// Backward with t = tanh c': dc ← dc' + dh' o (1 - t²); da_i = dc g i (1 - i), da_f = dc c f (1 - f), da_g = dc i (1 - g²),
/// da_o = dh' t o (1 - o), and dc f goes on to the step before.
/// </remarks>
public static unsafe class LstmCell
{
    /// <summary>
    /// Saves the four gates after their functions in <paramref name="gates"/> (B, 4H), which may be the memory of a.
    /// <paramref name="bias"/> may be null for zeros.
    /// </summary>
    public static void Forward(Workers workers, float* a, float* bias, float* cell, float* gates, float* nextCell, float* nextHidden, long batch, long size)
    {
        var range = new ForwardRange { A = a, Bias = bias, Cell = cell, Gates = gates, NextCell = nextCell, NextHidden = nextHidden, H = (nint)size };
        VectorRanges.For(workers, ref range, batch, 16 * size);
    }

    /// <summary>
    /// da (B, 4H) and the gradient of the cell before, (B, H). <paramref name="dnextCell"/> may be null for zeros; da may be
    /// the gates' memory and dcell that of dnextCell.
    /// </summary>
    public static void Backward(Workers workers, float* gates, float* cell, float* nextCell, float* dnextHidden, float* dnextCell, float* da, float* dcell, long batch, long size)
    {
        var range = new BackwardRange { Gates = gates, Cell = cell, NextCell = nextCell, DnextHidden = dnextHidden, DnextCell = dnextCell, Da = da, Dcell = dcell, H = (nint)size };
        VectorRanges.For(workers, ref range, batch, 16 * size);
    }

    /// <summary>The plain f64 path.</summary>
    public static void Forward(double* a, double* bias, double* cell, double* gates, double* nextCell, double* nextHidden, long batch, long size)
    {
        for (long n = 0; n < batch * size; n++)
        {
            long at = n / size * 4 * size + n % size;
            for (int k = 0; k < 4; k++)
            {
                double sum = a[at + k * size] + (bias is null ? 0 : bias[n % size + k * size]);
                gates[at + k * size] = k == 2 ? Math.Tanh(sum) : Wide.Sigmoid(sum);
            }
            nextCell[n] = gates[at + size] * cell[n] + gates[at] * gates[at + 2 * size];
            nextHidden[n] = gates[at + 3 * size] * Math.Tanh(nextCell[n]);
        }
    }

    public static void Backward(double* gates, double* cell, double* nextCell, double* dnextHidden, double* dnextCell, double* da, double* dcell, long batch, long size)
    {
        for (long n = 0; n < batch * size; n++)
        {
            long at = n / size * 4 * size + n % size;
            double i = gates[at], f = gates[at + size], g = gates[at + 2 * size], o = gates[at + 3 * size];
            double t = Math.Tanh(nextCell[n]), dh = dnextHidden[n];
            double dc = (dnextCell is null ? 0 : dnextCell[n]) + dh * o * (1 - t * t);
            da[at] = dc * g * i * (1 - i);
            da[at + size] = dc * cell[n] * f * (1 - f);
            da[at + 2 * size] = dc * i * (1 - g * g);
            da[at + 3 * size] = dh * t * o * (1 - o);
            dcell[n] = dc * f;
        }
    }

    private struct ForwardRange : IVectorRange
    {
        public float* A, Bias, Cell, Gates, NextCell, NextHidden;
        public nint H;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (nint n = (nint)begin; n < (nint)end; n++)
            {
                float* a = A + n * 4 * H, gates = Gates + n * 4 * H;
                for (nint j = 0; j < H; j += 16)
                {
                    nint k = Math.Min(16, H - j), at = n * H + j;
                    V i = Load<V>(a + j, k), f = Load<V>(a + H + j, k), g = Load<V>(a + 2 * H + j, k), o = Load<V>(a + 3 * H + j, k);
                    if (Bias is not null)
                    {
                        i += Load<V>(Bias + j, k);
                        f += Load<V>(Bias + H + j, k);
                        g += Load<V>(Bias + 2 * H + j, k);
                        o += Load<V>(Bias + 3 * H + j, k);
                    }
                    i = Sigmoid.Of(i);
                    f = Sigmoid.Of(f);
                    g = Tanh.Of(g);
                    o = Sigmoid.Of(o);
                    Store(i, gates + j, k);
                    Store(f, gates + H + j, k);
                    Store(g, gates + 2 * H + j, k);
                    Store(o, gates + 3 * H + j, k);
                    V c = V.Fma(f, Load<V>(Cell + at, k), i * g);
                    Store(c, NextCell + at, k);
                    Store(o * Tanh.Of(c), NextHidden + at, k);
                }
            }
        }
    }

    // Nearly all are whole, and whole ones need no mask.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Load<V>(float* source, nint count) where V : struct, IVector<V> => count == 16 ? V.Load(source) : V.Load(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(V values, float* destination, nint count) where V : struct, IVector<V>
    {
        if (count == 16)
            values.Store(destination);
        else
            values.Store(destination, count);
    }

    private struct BackwardRange : IVectorRange
    {
        public float* Gates, Cell, NextCell, DnextHidden, DnextCell, Da, Dcell;
        public nint H;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            V one = V.Create(1);
            for (nint n = (nint)begin; n < (nint)end; n++)
            {
                float* gates = Gates + n * 4 * H, da = Da + n * 4 * H;
                for (nint j = 0; j < H; j += 16)
                {
                    nint k = Math.Min(16, H - j), at = n * H + j;
                    V i = Load<V>(gates + j, k), f = Load<V>(gates + H + j, k), g = Load<V>(gates + 2 * H + j, k), o = Load<V>(gates + 3 * H + j, k);
                    V t = Tanh.Of(Load<V>(NextCell + at, k)), dh = Load<V>(DnextHidden + at, k), dho = dh * o;
                    V dc = V.Fma(dho, V.Fma(Lanes.Negate(t), t, one), DnextCell is null ? V.Create(0) : Load<V>(DnextCell + at, k));
                    Store(dc * g * (i * (one - i)), da + j, k);
                    Store(dc * Load<V>(Cell + at, k) * (f * (one - f)), da + H + j, k);
                    Store(dc * i * V.Fma(Lanes.Negate(g), g, one), da + 2 * H + j, k);
                    Store(dh * t * (o * (one - o)), da + 3 * H + j, k);
                    Store(dc * f, Dcell + at, k);
                }
            }
        }
    }
}
