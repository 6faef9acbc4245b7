
namespace Sarsen.Tensors.Kernels;

/// <summary>
/// What is done to an element of C once its sum is complete, while it is still in the nearest cache. Elementwise only:
/// the result for an element depends on its value, row and column, not on how a row is cut into pieces.
/// Implementations are structs, so that the call is inlined; they never throw.
/// </summary>
public unsafe interface IEpilogue
{
    /// <summary>
    /// The result does not depend on the column. A convolution then calls it before its outputs go to their places, with
    /// elements between them that belong to none.
    /// </summary>
    static virtual bool IgnoresColumn => false;

    /// <param name="c">The piece, changed in place.</param>
    /// <param name="count">Its length, 1 or more.</param>
    /// <param name="row">The row of C it is in.</param>
    /// <param name="column">The column of C it begins at.</param>
    void Apply(float* c, nint count, nint row, nint column);
}

/// <summary>C as it is.</summary>
public readonly struct NoEpilogue : IEpilogue
{
    public static bool IgnoresColumn => true;

    public unsafe void Apply(float* c, nint count, nint row, nint column)
    {
    }
}

/// <summary><c>C[i, j] += bias[j]</c>: the bias of a linear layer.</summary>
/// <param name="bias">N elements.</param>
public readonly unsafe struct ColumnBias(float* bias) : IEpilogue
{
    public void Apply(float* c, nint count, nint row, nint column) => BiasedSum.Apply(c, count, null, bias + column, null, relu: false);
}

/// <summary><c>C[i, j] += bias[i]</c>: the bias of a convolution, whose rows are channels.</summary>
/// <param name="bias">M elements.</param>
public readonly unsafe struct RowBias(float* bias) : IEpilogue
{
    public static bool IgnoresColumn => true;

    public void Apply(float* c, nint count, nint row, nint column) => BiasedSum.Apply(c, count, bias + row, null, null, relu: false);
}

/// <summary><c>C = C &lt; 0 ? 0 : C</c>; not-a-number stays, as in PyTorch.</summary>
public readonly unsafe struct ReluEpilogue : IEpilogue
{
    public static bool IgnoresColumn => true;

    public void Apply(float* c, nint count, nint row, nint column) => BiasedSum.Apply(c, count, null, null, null, relu: true);
}

/// <summary>One epilogue after the other, as bias and activation.</summary>
public readonly unsafe struct Then<TFirst, TSecond>(TFirst first, TSecond second) : IEpilogue
    where TFirst : struct, IEpilogue
    where TSecond : struct, IEpilogue
{
    public static bool IgnoresColumn => TFirst.IgnoresColumn && TSecond.IgnoresColumn;

    public void Apply(float* c, nint count, nint row, nint column)
    {
        first.Apply(c, count, row, column);
        second.Apply(c, count, row, column);
    }
}
