namespace Sarsen.Tensors.Kernels;

/// <summary>How a panel of sixteen rows holds the scales of its groups, and the minima where it has them: w = s · q + least.</summary>
internal unsafe interface IScales
{
    /// <summary>Elements that share a scale: 16 or 32.</summary>
    static abstract int GroupLength { get; }

    /// <summary>Elements that share an F16: 32 or 256.</summary>
    static abstract int BlockLength { get; }

    /// <summary>Is there something to add.</summary>
    static abstract bool HasLeast { get; }

    /// <summary>Subtracted from levels: 0, or a power of two below 128.</summary>
    static abstract int Offset { get; }

    /// <summary>Bytes of a block of all sixteen rows.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>How many of them are of the whole block, and come first.</summary>
    static abstract int HeaderBytes { get; }

    /// <summary>Machine code holds the minima with the other sign.</summary>
    static abstract bool SubtractsLeast { get; }

    /// <summary>Writes a row's scales of one block.</summary>
    static abstract void Write(byte* block, int row, in BlockRow from, nint index);

    /// <summary>The scales of one group of sixteen rows.</summary>
    /// <param name="scales">Those of its block.</param>
    /// <param name="group">Which of the block's, counted in groups of <see cref="GroupLength"/>.</param>
    static abstract V Scale<V>(byte* scales, nint group) where V : struct, IVector<V>;

    /// <summary>What is added to s · q, of one group of sixteen rows.</summary>
    /// <param name="scales">Those of its block.</param>
    /// <param name="group">Which of the block's, counted in groups of <see cref="GroupLength"/>.</param>
    /// <param name="scale">Their <see cref="Scale{V}"/>.</param>
    static abstract V Least<V>(byte* scales, nint group, V scale) where V : struct, IVector<V>;

    /// <summary>
    /// Writes what leaves the scales of a group of 32, or of its half <paramref name="part"/>, in <see cref="BlockRegisters.Factor"/>, and
    /// minima in <see cref="BlockRegisters.Least"/>; <see cref="BlockRegisters.Scales"/> is where the group's own begin.
    /// </summary>
    static abstract void WriteScale(Assembler code, int part);
}
