using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// From exact sums to floats: y[j] = fma(c[j] - row · columns[j], rowScale · scales[j], bias). c - row · columns is the
/// product without the inputs' zero points: one of row and columns are those, the other the sums of the weights.
/// </summary>
internal static unsafe class Dequantise
{
    /// <param name="c">Sums; y may be the same memory.</param>
    /// <param name="row">Zero point, or sum of weights, of the row.</param>
    /// <param name="columns">Those of the columns.</param>
    /// <param name="rowScale">Step of the row.</param>
    /// <param name="scales">Steps of the columns.</param>
    /// <param name="rowBias">Added to all, unless <paramref name="bias"/> is there.</param>
    /// <param name="bias">One for each column, or null.</param>
    /// <param name="y">Results.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int* c, int row, int* columns, float rowScale, float* scales, float rowBias, float* bias, float* y, nint count)
    {
        var (rows, scale, constant) = (new Vector<int>(row), new Vector<float>(rowScale), new Vector<float>(rowBias));
        nint j = 0;
        for (; j <= count - Vector<float>.Count; j += Vector<float>.Count)
        {
            Vector<float> sum = Vector.ConvertToSingle(Vector.Load(c + j) - rows * Vector.Load(columns + j));
            Vector<float> add = bias == null ? constant : Vector.Load(bias + j);
            Vector.FusedMultiplyAdd(sum, scale * Vector.Load(scales + j), add).Store(y + j);
        }
        for (; j < count; j++)
            y[j] = MathF.FusedMultiplyAdd(c[j] - row * columns[j], rowScale * scales[j], bias == null ? rowBias : bias[j]);
    }
}
