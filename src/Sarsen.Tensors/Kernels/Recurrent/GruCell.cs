using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The pointwise part of torch.nn.GRU's cell. From x = W_ih x + b_ih and y = W_hh h + b_hh, of (B, 3H) each in the order
/// r, z, n: r = σ(x_r + y_r), z = σ(x_z + y_z), n = tanh(x_n + r y_n), h' = (1 - z) n + z h. b_hn lies inside y_n.
/// Source: Cho et al., EMNLP 2014, in PyTorch's form.
/// </summary>
/// <remarks>
/// Backward: dn = dh' (1 - z) (1 - n²), dz = dh' (h - n) z (1 - z), dr = dn y_n r (1 - r); dx = (dr, dz, dn),
/// dy = (dr, dz, dn r), and dh' z is the part of dh that does not go through W_hh.
/// </remarks>
public static unsafe class GruCell
{
    /// <summary>Saves r, z, n in <paramref name="gates"/> (B, 3H); it may be the input's part. The hidden part is needed again.</summary>
    public static void Forward(Workers workers, float* input, float* hidden, float* state, float* gates, float* next, long batch, long size)
    {
        var range = new ForwardRange { Input = input, Hidden = hidden, State = state, Gates = gates, Next = next, H = (nint)size };
        VectorRanges.For(workers, ref range, batch, 16 * size);
    }

    /// <summary>dinput and dhidden (B, 3H), dstate (B, H). dinput may be the gates' memory, dhidden the hidden part's.</summary>
    public static void Backward(Workers workers, float* gates, float* hidden, float* state, float* dnext, float* dinput, float* dhidden, float* dstate, long batch, long size)
    {
        var range = new BackwardRange { Gates = gates, Hidden = hidden, State = state, Dnext = dnext, Dinput = dinput, Dhidden = dhidden, Dstate = dstate, H = (nint)size };
        VectorRanges.For(workers, ref range, batch, 8 * size);
    }

    /// <summary>The plain f64 path.</summary>
    public static void Forward(double* input, double* hidden, double* state, double* gates, double* next, long batch, long size)
    {
        for (long i = 0; i < batch * size; i++)
        {
            long at = i / size * 3 * size + i % size;
            double r = gates[at] = Wide.Sigmoid(input[at] + hidden[at]);
            double z = gates[at + size] = Wide.Sigmoid(input[at + size] + hidden[at + size]);
            double n = gates[at + 2 * size] = Math.Tanh(input[at + 2 * size] + r * hidden[at + 2 * size]);
            next[i] = (1 - z) * n + z * state[i];
        }
    }

    public static void Backward(double* gates, double* hidden, double* state, double* dnext, double* dinput, double* dhidden, double* dstate, long batch, long size)
    {
        for (long i = 0; i < batch * size; i++)
        {
            long at = i / size * 3 * size + i % size;
            double r = gates[at], z = gates[at + size], n = gates[at + 2 * size], dh = dnext[i];
            double dn = dh * (1 - z) * (1 - n * n), dz = dh * (state[i] - n) * z * (1 - z);
            double dr = dn * hidden[at + 2 * size] * r * (1 - r);
            (dinput[at], dinput[at + size], dinput[at + 2 * size]) = (dr, dz, dn);
            (dhidden[at], dhidden[at + size], dhidden[at + 2 * size]) = (dr, dz, dn * r);
            dstate[i] = dh * z;
        }
    }

    private struct ForwardRange : IVectorRange
    {
        public float* Input, Hidden, State, Gates, Next;
        public nint H;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (nint b = (nint)begin; b < (nint)end; b++)
            {
                float* x = Input + b * 3 * H, y = Hidden + b * 3 * H, gates = Gates + b * 3 * H;
                for (nint j = 0; j < H; j += 16)
                {
                    nint k = Math.Min(16, H - j);
                    V r = Sigmoid.Of(V.Load(x + j, k) + V.Load(y + j, k));
                    V z = Sigmoid.Of(V.Load(x + H + j, k) + V.Load(y + H + j, k));
                    V n = Tanh.Of(V.Fma(r, V.Load(y + 2 * H + j, k), V.Load(x + 2 * H + j, k)));
                    r.Store(gates + j, k);
                    z.Store(gates + H + j, k);
                    n.Store(gates + 2 * H + j, k);
                    V.Fma(z, V.Load(State + b * H + j, k), (V.Create(1) - z) * n).Store(Next + b * H + j, k);
                }
            }
        }
    }

    private struct BackwardRange : IVectorRange
    {
        public float* Gates, Hidden, State, Dnext, Dinput, Dhidden, Dstate;
        public nint H;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            V one = V.Create(1);
            for (nint b = (nint)begin; b < (nint)end; b++)
            {
                nint row = b * 3 * H;
                for (nint j = 0; j < H; j += 16)
                {
                    nint k = Math.Min(16, H - j), at = row + j;
                    V r = V.Load(Gates + at, k), z = V.Load(Gates + at + H, k), n = V.Load(Gates + at + 2 * H, k);
                    V dh = V.Load(Dnext + b * H + j, k), dn = dh * (one - z) * V.Fma(Lanes.Negate(n), n, one);
                    V dz = dh * (V.Load(State + b * H + j, k) - n) * (z * (one - z));
                    V dr = dn * V.Load(Hidden + at + 2 * H, k) * (r * (one - r));
                    dr.Store(Dinput + at, k);
                    dz.Store(Dinput + at + H, k);
                    dn.Store(Dinput + at + 2 * H, k);
                    dr.Store(Dhidden + at, k);
                    dz.Store(Dhidden + at + H, k);
                    (dn * r).Store(Dhidden + at + 2 * H, k);
                    (dh * z).Store(Dstate + b * H + j, k);
                }
            }
        }
    }
}
