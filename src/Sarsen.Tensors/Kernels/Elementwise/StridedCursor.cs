using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>A place in the walk of a <see cref="StridedPlan"/>: the operands' offsets, moved on by stretches of a row.</summary>
public unsafe struct StridedCursor
{
    private readonly StridedPlan _plan;
    private fixed long _index[Shape.MaxRank];
    private long _offset0, _offset1, _offset2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal StridedCursor(in StridedPlan plan, long element)
    {
        _plan = plan;
        for (int d = plan.Rank - 1; d >= 0; d--)
        {
            long size = Math.Max(1, plan.Size(d)), i = element % size;
            element /= size;
            _index[d] = i;
            Step(d, i);
        }
    }

    /// <summary>Elements left in the row.</summary>
    public readonly long RowLeft => _plan.Row - _index[_plan.Rank - 1];

    /// <summary>Where the operand's element is, in elements from its start.</summary>
    public readonly long Offset0 => _offset0;

    public readonly long Offset1 => _offset1;

    public readonly long Offset2 => _offset2;

    /// <summary>Moves on by at most <see cref="RowLeft"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Advance(long count)
    {
        int d = _plan.Rank - 1;
        _index[d] += count;
        Step(d, count);
        for (; d > 0 && _index[d] == _plan.Size(d); d--)
        {
            Step(d, -_index[d]);
            _index[d] = 0;
            _index[d - 1]++;
            Step(d - 1, 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Step(int d, long by)
    {
        _offset0 += by * _plan.Stride(0, d);
        _offset1 += by * _plan.Stride(1, d);
        _offset2 += by * _plan.Stride(2, d);
    }
}
