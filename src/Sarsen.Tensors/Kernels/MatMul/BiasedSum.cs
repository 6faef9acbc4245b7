using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// What mostly follows a product, in one pass: <c>c[i] = max(0, c[i] + bias + biases[i] + residual[i])</c>, added in this
/// order, each of them only where it is given. Not-a-number stays.
/// </summary>
public static unsafe class BiasedSum
{
    /// <param name="c">Changed in place.</param>
    /// <param name="count">Its length.</param>
    /// <param name="bias">One for all, or null.</param>
    /// <param name="biases">One for each, or null.</param>
    /// <param name="residual">One for each, or null.</param>
    /// <param name="relu">Whether what is below zero becomes zero.</param>
    public static void Apply(float* c, nint count, float* bias, float* biases, float* residual, bool relu)
    {
        if (Vector512Lanes.IsSupported)
            Run<Vector512Lanes>(c, count, bias, biases, residual, relu);
        else if (Vector256Lanes.IsSupported)
            Run<Vector256Lanes>(c, count, bias, biases, residual, relu);
        else if (Vector128Lanes.IsSupported)
            Run<Vector128Lanes>(c, count, bias, biases, residual, relu);
        else
            Run<ScalarLanes>(c, count, bias, biases, residual, relu);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<V>(float* c, nint count, float* bias, float* biases, float* residual, bool relu) where V : struct, IVector<V>
    {
        V all = bias == null ? default : V.Create(*bias), zero = V.Create(0);
        nint i = 0;
        for (; i <= count - 16; i += 16)
        {
            V sum = V.Load(c + i);
            if (bias != null)
                sum += all;
            if (biases != null)
                sum += V.Load(biases + i);
            if (residual != null)
                sum += V.Load(residual + i);
            if (relu)
                sum = V.Select(V.Less(sum, zero), zero, sum);
            sum.Store(c + i);
        }
        if (i < count)
        {
            nint rest = count - i;
            V sum = V.Load(c + i, rest);
            if (bias != null)
                sum += all;
            if (biases != null)
                sum += V.Load(biases + i, rest);
            if (residual != null)
                sum += V.Load(residual + i, rest);
            if (relu)
                sum = V.Select(V.Less(sum, zero), zero, sum);
            sum.Store(c + i, rest);
        }
    }
}
