using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Sine and cosine of f32 lanes. x = n π/2 + r with π/2 in three parts, exact enough up to 2^15, then the polynomial of the
/// quarter; lanes beyond that take <see cref="Wide.TurnOf"/>, which knows 1 / 2π to 256 bits.
/// Source of the latter: Payne, Hanek, ACM SIGNUM 18 (1983).
/// </summary>
internal static unsafe class Circle
{
    private const float Far = 32768;

    /// <summary>sin(x + quarter · π/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x, int quarter) where V : struct, IVector<V>
    {
        V magic = V.Create(12582912f), shifted = V.Fma(x, V.Create(0.63661975f), magic), n = shifted - magic;
        V r = V.Fma(n, V.Create(-1.5707964f), x);
        r = V.Fma(n, V.Create(4.371139e-8f), r);
        r = V.Fma(n, V.Create(1.7151245e-15f), r);
        V z = r * r;

        V sin = V.Create(2.836953e-06f);
        sin = V.Fma(sin, z, V.Create(-0.00019853484f));
        sin = V.Fma(sin, z, V.Create(0.00833338f));
        sin = V.Fma(sin, z, V.Create(-0.16666667f));
        sin = V.Fma(sin * z, r, r);

        V cos = V.Create(2.4430661e-05f);
        cos = V.Fma(cos, z, V.Create(-0.0013887301f));
        cos = V.Fma(cos, z, V.Create(0.041666646f));
        cos = V.Fma(cos * z, z, V.Fma(V.Create(-0.5f), z, V.Create(1)));

        // Bit 0 of the quarter swaps the two, bit 1 turns the sign.
        V q = V.AddBits(shifted, V.FromBits(quarter));
        V odd = V.ShiftRight(V.ShiftLeft(q, 31), 31);
        V y = V.Select(odd, cos, sin) ^ (V.ShiftLeft(q, 30) & V.FromBits(int.MinValue));

        V near = V.LessOrEqual(Lanes.Abs(x), V.Create(Far));
        if (Lanes.Any(near ^ V.FromBits(-1)))
            y = V.Select(near, y, EachFar(x, quarter));
        return y;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V EachFar<V>(V x, int quarter) where V : struct, IVector<V>
    {
        float* lanes = stackalloc float[16];
        x.Store(lanes);
        for (int i = 0; i < 16; i++)
        {
            float lane = lanes[i];
            lanes[i] = Math.Abs(lane) <= Far ? 0
                : !float.IsFinite(lane) ? float.NaN
                : (float)Wide.SinTurn(Wide.TurnOf(lane) + ((ulong)quarter << 62));
        }
        return V.Load(lanes);
    }
}
