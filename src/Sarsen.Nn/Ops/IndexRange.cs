using Sarsen.Nn.Autograd;

namespace Sarsen.Nn.Ops;

/// <summary>Indices are looked at before a kernel goes by them: what <see cref="Op.Check"/> of such operations does.</summary>
internal static unsafe class IndexRange
{
    /// <param name="operation">Named in the message.</param>
    /// <param name="index">In I64.</param>
    /// <param name="size">One above the largest.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in 0 … size - 1.</exception>
    public static void Check(string operation, in TensorView index, long size)
    {
        long at = Sarsen.Tensors.Kernels.Embedding.FirstOutside(index.I64, index.Count, size);
        if (at >= 0)
            throw new ArgumentOutOfRangeException(nameof(index), index.I64[at], $"{operation}: an index must be in 0 … {size - 1}; element {at} is not");
    }
}
