using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>How a row of an operand is read, sixteen elements or fewer at a time.</summary>
internal unsafe interface IRowLoad
{
    /// <summary>Elements i .. i + count - 1 of the row at <paramref name="row"/>, count in 1 .. 16.</summary>
    static abstract V Load<V>(float* row, nint i, nint count, nint stride) where V : struct, IVector<V>;
}

/// <summary>Stride 1.</summary>
internal readonly unsafe struct ContiguousRow : IRowLoad
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(float* row, nint i, nint count, nint stride) where V : struct, IVector<V> =>
        count == 16 ? V.Load(row + i) : V.Load(row + i, count);
}

/// <summary>Stride 0: one value for the whole row.</summary>
internal readonly unsafe struct RepeatedRow : IRowLoad
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(float* row, nint i, nint count, nint stride) where V : struct, IVector<V> => V.Create(*row);
}

/// <summary>Any stride.</summary>
internal readonly unsafe struct StridedRow : IRowLoad
{
    public static V Load<V>(float* row, nint i, nint count, nint stride) where V : struct, IVector<V>
    {
        float* lanes = stackalloc float[16];
        for (nint j = 0; j < count; j++)
            lanes[j] = row[(i + j) * stride];
        return V.Load(lanes, count);
    }
}
