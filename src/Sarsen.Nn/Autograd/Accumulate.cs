using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Autograd;

/// <summary>sum += part, where a tensor was used more than once.</summary>
internal static unsafe class Accumulate
{
    public static void Run(Workers workers, DType type, byte* sum, byte* part, long count)
    {
        if (type == DType.F64)
        {
            for (long i = 0; i < count; i++)
                ((double*)sum)[i] += ((double*)part)[i];
            return;
        }
        for (long i = 0; i < count; i++)
            ((float*)sum)[i] += ((float*)part)[i];
    }
}
