using System.Runtime.CompilerServices;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Plans;

/// <summary>A function of each element that a product applies to its results while they are in the nearest cache.</summary>
public abstract unsafe class ElementFunction
{
    /// <summary>Is it max(x, 0), which products know how to apply themselves.</summary>
    public abstract bool IsRelu { get; }

    /// <summary>y[i] = f(y[i]), with the bits of the operation.</summary>
    public abstract void Apply(float* y, nint count);

    /// <summary>y[i] = f(y[i] + x[i]).</summary>
    public abstract void ApplyToSum(float* y, float* x, nint count);
}

/// <summary>The function of an elementwise kernel.</summary>
public sealed unsafe class ElementFunction<TKernel>(TKernel kernel) : ElementFunction where TKernel : unmanaged, IUnaryOp
{
    public override bool IsRelu => typeof(TKernel) == typeof(Relu);

    public override void Apply(float* y, nint count)
    {
        if (Vector512Lanes.IsSupported)
            Run<Vector512Lanes>(y, null, count);
        else if (Vector256Lanes.IsSupported)
            Run<Vector256Lanes>(y, null, count);
        else if (Vector128Lanes.IsSupported)
            Run<Vector128Lanes>(y, null, count);
        else
            Run<ScalarLanes>(y, null, count);
    }

    public override void ApplyToSum(float* y, float* x, nint count)
    {
        if (Vector512Lanes.IsSupported)
            Run<Vector512Lanes>(y, x, count);
        else if (Vector256Lanes.IsSupported)
            Run<Vector256Lanes>(y, x, count);
        else if (Vector128Lanes.IsSupported)
            Run<Vector128Lanes>(y, x, count);
        else
            Run<ScalarLanes>(y, x, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<V>(float* y, float* x, nint count) where V : struct, IVector<V>
    {
        TKernel f = kernel;
        nint i = 0;
        for (; i <= count - 16; i += 16)
        {
            V sum = V.Load(y + i);
            if (x != null)
                sum += V.Load(x + i);
            f.Apply(sum).Store(y + i);
        }
        if (i < count)
        {
            V sum = V.Load(y + i, count - i);
            if (x != null)
                sum += V.Load(x + i, count - i);
            f.Apply(sum).Store(y + i, count - i);
        }
    }
}
