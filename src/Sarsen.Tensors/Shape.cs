using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sarsen.Tensors;

/// <summary>
/// The sizes of a tensor's dimensions, outermost first, held inline so that a shape costs no allocation.
/// At most <see cref="MaxRank"/> dimensions; the product of the sizes always fits a <see cref="long"/>.
/// </summary>
[SuppressMessage("Usage", "CA2231", Justification = "operators are defined")]
public readonly struct Shape : IEquatable<Shape>
{
    public const int MaxRank = 8;

    [InlineArray(MaxRank)]
    private struct Sizes
    {
        private long _first;
    }

    private readonly Sizes _sizes;

    /// <summary>One below the count, so that the default value is the scalar's shape.</summary>
    private readonly long _countLessOne;

    /// <param name="sizes">Sizes of the dimensions, each zero or more.</param>
    /// <exception cref="ShapeException">Too many dimensions, a negative size, or more than 2^63 - 1 elements.</exception>
    public Shape(params ReadOnlySpan<long> sizes)
    {
        if (sizes.Length > MaxRank)
            throw new ShapeException($"Shape: {sizes.Length} dimensions given, at most {MaxRank} are supported");
        long count = 1;
        bool overflow = false;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] < 0)
                throw new ShapeException($"Shape: dimension {i} has the negative size {sizes[i]}");
            overflow |= sizes[i] != 0 && count > long.MaxValue / sizes[i];
            count = unchecked(count * sizes[i]);
            _sizes[i] = sizes[i];
        }
        if (overflow && !sizes.Contains(0))
            throw new ShapeException($"Shape: ({string.Join(", ", sizes.ToArray())}) has more than 2^63 - 1 elements");
        Rank = sizes.Length;
        _countLessOne = (sizes.Contains(0) ? 0 : count) - 1;
    }

    public int Rank { get; }

    /// <summary>The number of elements: the product of the sizes, 1 for a scalar.</summary>
    public long Count => _countLessOne + 1;

    /// <summary>The size of dimension <paramref name="dim"/>; negative values count from the last, as in PyTorch.</summary>
    public long this[int dim] => _sizes[Dim(dim)];

    [UnscopedRef]
    public ReadOnlySpan<long> AsSpan() => ((ReadOnlySpan<long>)_sizes)[..Rank];

    /// <summary>Turns a dimension that may be negative into 0 .. Rank - 1.</summary>
    /// <exception cref="ShapeException">There is no such dimension.</exception>
    public int Dim(int dim)
    {
        int d = dim < 0 ? dim + Rank : dim;
        if ((uint)d >= (uint)Rank)
            throw new ShapeException($"dimension {dim} does not exist in a tensor of shape {this}");
        return d;
    }

    /// <summary>The same shape with dimension <paramref name="dim"/> of another size.</summary>
    public Shape With(int dim, long size)
    {
        Span<long> sizes = stackalloc long[MaxRank];
        AsSpan().CopyTo(sizes);
        sizes[Dim(dim)] = size;
        return new Shape(sizes[..Rank]);
    }

    /// <summary>The strides, in elements, of a contiguous row-major tensor of this shape.</summary>
    public Shape Contiguous()
    {
        Span<long> strides = stackalloc long[MaxRank];
        long step = 1;
        for (int i = Rank - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(1, _sizes[i]);
        }
        return Unchecked(strides[..Rank]);
    }

    /// <summary>Sizes or strides that are known to be sound, or strides, whose product means nothing.</summary>
    internal static Shape Unchecked(ReadOnlySpan<long> values) => new(values, 0);

    private Shape(ReadOnlySpan<long> values, int _)
    {
        for (int i = 0; i < values.Length; i++)
            _sizes[i] = values[i];
        Rank = values.Length;
        _countLessOne = -1;
    }

    public bool Equals(Shape other) => AsSpan().SequenceEqual(other.AsSpan());

    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (long size in AsSpan())
            hash.Add(size);
        return hash.ToHashCode();
    }

    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>PyTorch's way to write it: <c>(2, 3)</c>.</summary>
    public override string ToString() => $"({string.Join(", ", AsSpan().ToArray())})";
}
