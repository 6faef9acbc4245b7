using System.Numerics;

namespace Sarsen.Tensors.Kernels;

/// <summary>A sum of products in the order of <see cref="KBlocks"/>, term by term: what the references are written with.</summary>
internal struct BlockedSum<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly nint _length;
    private nint _inBlock;
    private T _block;
    private T _total;

    /// <param name="k">How many terms will be added.</param>
    /// <param name="start">What the blocks are added to.</param>
    public BlockedSum(nint k, T start = default)
    {
        _length = KBlocks.Length(k);
        _total = start;
    }

    public readonly T Total => _inBlock == 0 ? _total : _total + _block;

    public void Add(T x, T y)
    {
        _block = T.FusedMultiplyAdd(x, y, _block);
        if (++_inBlock == _length)
        {
            _total += _block;
            (_inBlock, _block) = (0, T.Zero);
        }
    }
}
