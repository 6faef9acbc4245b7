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

    /// <summary>Bytes of a block's header, of all sixteen rows: what all its groups share.</summary>
    static abstract int HeaderBytes { get; }

    /// <summary>Bytes of a group of 32, of all sixteen rows.</summary>
    static abstract int GroupBytes { get; }

    /// <summary>Machine code holds the minima with the other sign.</summary>
    static abstract bool SubtractsLeast { get; }

    /// <summary>Writes a row's scales of one group of 32, and what its block shares.</summary>
    /// <param name="header">Of its block.</param>
    /// <param name="scales">Its own.</param>
    /// <param name="row">Which of the sixteen.</param>
    /// <param name="from">The row.</param>
    /// <param name="group">Which of the row's groups of 32.</param>
    static abstract void Write(byte* header, byte* scales, int row, in BlockRow from, nint group);

    /// <summary>The scales of a group of 32, or of its half, of sixteen rows.</summary>
    /// <param name="header">Of its block.</param>
    /// <param name="scales">Its own.</param>
    /// <param name="part">0, or 1 of the second half.</param>
    static abstract V Scale<V>(byte* header, byte* scales, nint part) where V : struct, IVector<V>;

    /// <summary>What is added to s · q, of the same.</summary>
    /// <param name="header">Of its block.</param>
    /// <param name="scales">Its own.</param>
    /// <param name="part">0, or 1 of the second half.</param>
    /// <param name="scale">Their <see cref="Scale{V}"/>.</param>
    static abstract V Least<V>(byte* header, byte* scales, nint part, V scale) where V : struct, IVector<V>;

    /// <summary>
    /// Writes what leaves the scales of a group of 32, or of its half <paramref name="part"/>, in <see cref="BlockRegisters.Factor"/>, and
    /// minima in <see cref="BlockRegisters.Least"/>.
    /// </summary>
    /// <param name="code">Where to.</param>
    /// <param name="scales">Where the group's own begin, from <see cref="BlockRegisters.Levels"/> on.</param>
    /// <param name="part">0 or 1.</param>
    /// <param name="hasHeader">What <see cref="WriteHeader"/> leaves is there.</param>
    static abstract void WriteScale(Assembler code, int scales, int part, bool hasHeader);

    /// <summary>
    /// Writes what leaves the numbers of a block's header in <see cref="BlockRegisters.HeaderScale"/> and <see cref="BlockRegisters.HeaderLeast"/>,
    /// in routines that have those registers; nothing where there is no header.
    /// </summary>
    static abstract void WriteHeader(Assembler code);
}
