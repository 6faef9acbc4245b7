using System.Runtime.Intrinsics;

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
    public void Apply(float* c, nint count, nint row, nint column)
    {
        float* b = bias + column;
        nint j = 0;
        for (; j <= count - 16; j += 16)
            (Vector512.Load(c + j) + Vector512.Load(b + j)).Store(c + j);
        for (; j <= count - 4; j += 4)
            (Vector128.Load(c + j) + Vector128.Load(b + j)).Store(c + j);
        for (; j < count; j++)
            c[j] += b[j];
    }
}

/// <summary><c>C[i, j] += bias[i]</c>: the bias of a convolution, whose rows are channels.</summary>
/// <param name="bias">M elements.</param>
public readonly unsafe struct RowBias(float* bias) : IEpilogue
{
    public static bool IgnoresColumn => true;

    public void Apply(float* c, nint count, nint row, nint column)
    {
        float b = bias[row];
        nint j = 0;
        for (; j <= count - 16; j += 16)
            (Vector512.Load(c + j) + Vector512.Create(b)).Store(c + j);
        for (; j <= count - 4; j += 4)
            (Vector128.Load(c + j) + Vector128.Create(b)).Store(c + j);
        for (; j < count; j++)
            c[j] += b;
    }
}

/// <summary><c>C = C &lt; 0 ? 0 : C</c>; not-a-number stays, as in PyTorch.</summary>
public readonly unsafe struct ReluEpilogue : IEpilogue
{
    public static bool IgnoresColumn => true;

    public void Apply(float* c, nint count, nint row, nint column)
    {
        nint j = 0;
        for (; j <= count - 16; j += 16)
        {
            Vector512<float> x = Vector512.Load(c + j);
            Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), Vector512<float>.Zero, x).Store(c + j);
        }
        for (; j <= count - 4; j += 4)
        {
            Vector128<float> x = Vector128.Load(c + j);
            Vector128.ConditionalSelect(Vector128.LessThan(x, Vector128<float>.Zero), Vector128<float>.Zero, x).Store(c + j);
        }
        for (; j < count; j++)
            c[j] = c[j] < 0 ? 0 : c[j];
    }
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
