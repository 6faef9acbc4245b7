namespace Sarsen.Tensors.Kernels;

/// <summary>
/// How a row-major walk over a shape moves through up to three strided operands. Dimensions of size one are dropped and
/// neighbours that are one run in every operand are joined, so that the last dimension, the row, is as long as can be.
/// A stride of 0 repeats an element along its dimension: broadcasting.
/// </summary>
public unsafe struct StridedPlan
{
    private const int MaxOperands = 3;

    private fixed long _sizes[Shape.MaxRank];
    private fixed long _strides[MaxOperands * Shape.MaxRank];
    private int _rank;

    /// <param name="shape">The sizes of the walk.</param>
    /// <param name="strides">For each operand its strides in elements, of the shape's rank.</param>
    /// <exception cref="ShapeException">An operand's strides are not of the shape's rank.</exception>
    /// <exception cref="ArgumentException">More than three operands.</exception>
    public StridedPlan(Shape shape, params ReadOnlySpan<Shape> strides)
    {
        if (strides.Length > MaxOperands)
            throw new ArgumentException($"StridedPlan: {strides.Length} operands given, at most {MaxOperands} are supported");
        foreach (Shape s in strides)
        {
            if (s.Rank != shape.Rank)
                throw new ShapeException($"StridedPlan: {s.Rank} strides given for the shape {shape}");
        }
        Count = shape.Count;
        for (int d = 0; d < shape.Rank; d++)
        {
            if (shape[d] == 1)
                continue;
            bool joins = _rank > 0;
            for (int k = 0; k < strides.Length && joins; k++)
                joins = _strides[k * Shape.MaxRank + _rank - 1] == strides[k][d] * shape[d];
            if (joins)
                _sizes[_rank - 1] *= shape[d];
            else
                _sizes[_rank++] = shape[d];
            for (int k = 0; k < strides.Length; k++)
                _strides[k * Shape.MaxRank + _rank - 1] = strides[k][d];
        }
        if (_rank == 0)
            _sizes[_rank++] = 1;
    }

    /// <summary>The strides by which an operand is walked when it is broadcast to <paramref name="result"/>, aligned at the last dimension.</summary>
    /// <exception cref="ShapeException">It cannot be broadcast.</exception>
    public static Shape Broadcast(Shape operand, Shape strides, Shape result)
    {
        int missing = result.Rank - operand.Rank;
        Span<long> walked = stackalloc long[Shape.MaxRank];
        bool fits = missing >= 0;
        for (int d = 0; d < operand.Rank && fits; d++)
        {
            fits = operand[d] == result[d + missing] || operand[d] == 1;
            walked[d + missing] = operand[d] == 1 ? 0 : strides[d];
        }
        if (!fits)
            throw new ShapeException($"broadcast: {operand} cannot be broadcast to {result}");
        return Shape.Unchecked(walked[..result.Rank]);
    }

    /// <summary>The shape that two operands are broadcast to, by NumPy's rules.</summary>
    /// <exception cref="ShapeException">Sizes differ and neither is one.</exception>
    public static Shape BroadcastShape(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        Span<long> sizes = stackalloc long[Shape.MaxRank];
        for (int d = 1; d <= rank; d++)
        {
            long sizeA = d <= a.Rank ? a[-d] : 1, sizeB = d <= b.Rank ? b[-d] : 1;
            if (sizeA != sizeB && sizeA != 1 && sizeB != 1)
                throw new ShapeException($"broadcast: shapes {a} and {b} differ where neither is one: {sizeA} and {sizeB} in dimension {-d}");
            sizes[rank - d] = sizeA == 1 ? sizeB : sizeA;
        }
        return new Shape(sizes[..rank]);
    }

    /// <summary>Elements of the walk.</summary>
    public long Count { get; }

    /// <summary>Length of a row.</summary>
    public readonly long Row => _sizes[_rank - 1];

    internal readonly int Rank => _rank;

    internal readonly long Size(int d) => _sizes[d];

    internal readonly long Stride(int operand, int d) => _strides[operand * Shape.MaxRank + d];

    /// <summary>The operand's stride along a row.</summary>
    public readonly long RowStride(int operand) => Stride(operand, _rank - 1);

    /// <summary>A cursor at an element of the walk.</summary>
    public readonly StridedCursor Seek(long element) => new(this, element);
}
