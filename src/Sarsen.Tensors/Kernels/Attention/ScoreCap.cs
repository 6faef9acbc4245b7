using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// s becomes cap · tanh(s / cap), whose derivative is 1 - tanh²(s / cap): scores that can be no larger than the cap. One
/// formula for all ways of attention, so that they have the same bits.
/// </summary>
internal static unsafe class ScoreCap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V score, V cap) where V : struct, IVector<V> => cap * Tanh.Of(score / cap);

    /// <summary>Sixteen scores of each of some rows that lie <paramref name="stride"/> apart, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows<V>(float* scores, nint rows, nint stride, float cap) where V : struct, IVector<V>
    {
        V most = V.Create(cap);
        for (nint j = 0; j < rows; j++)
            Of(V.Load(scores + j * stride), most).Store(scores + j * stride);
    }

    /// <summary>The reference: the score, and the derivative.</summary>
    public static (double Score, double Slope) Of(double score, double cap)
    {
        if (cap == 0)
            return (score, 1);
        double t = Math.Tanh(score / cap);
        return (cap * t, 1 - t * t);
    }
}
