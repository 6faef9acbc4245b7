using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>Goes through an index row-major and says where in x, contiguous, each of its elements points along one dimension.</summary>
internal unsafe struct IndexWalk(Shape x, Shape index, int dim)
{
    private readonly Shape _strides = x.Contiguous();
    private fixed long _at[Shape.MaxRank];

    public long Next(long chosen)
    {
        long offset = 0;
        for (int d = 0; d < index.Rank; d++)
            offset += (d == dim ? chosen : _at[d]) * _strides[d];
        for (int d = index.Rank - 1; d >= 0; d--)
        {
            if (++_at[d] < index[d])
                break;
            _at[d] = 0;
        }
        return offset;
    }
}

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
