using Sarsen.Tensors.Kernels;

namespace Sarsen.Tensors;

/// <summary>
/// Two uniform words into two independent standard normals: r = √(-2 ln u), (r cos 2πv, r sin 2πv), in f64, with the
/// engine's own logarithm and circle, so that the same seed gives the same bits on all platforms.
/// Source: Box, Muller, Ann. Math. Statist. 29 (1958).
/// </summary>
public static class BoxMuller
{
    /// <param name="u">Radius: (u + 1/2) 2^-32, never zero.</param>
    /// <param name="v">Angle: v 2^-32 of a turn.</param>
    public static (double Even, double Odd) Pair(uint u, uint v)
    {
        double r = Math.Sqrt(-2 * Wide.Log((u + 0.5) * (1.0 / (1L << 32))));
        ulong turn = (ulong)v << 32;
        return (r * Wide.SinTurn(unchecked(turn + (1UL << 62))), r * Wide.SinTurn(turn));
    }
}
