using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Autograd;

/// <summary>sum += part, where a tensor was used more than once, and where grains are summed.</summary>
internal static unsafe class Accumulate
{
    public static void Run(Workers workers, DType type, byte* sum, byte* part, long count)
    {
        var shape = new Shape(count);
        Shape step = shape.Contiguous();
        var plan = new StridedPlan(shape, step, step);
        if (type == DType.F64)
            Binary.Forward(default(Add), plan, (double*)sum, (double*)part, (double*)sum);
        else
            Binary.Forward(workers, default(Add), plan, (float*)sum, (float*)part, (float*)sum);
    }
}
