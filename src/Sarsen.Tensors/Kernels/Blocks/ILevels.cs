namespace Sarsen.Tensors.Kernels;

/// <summary>
/// How a panel of sixteen rows holds its levels q: groups of 32 elements, in them steps of four elements (of two where
/// products are of words) of all rows, so that a lane is a row.
/// </summary>
internal unsafe interface ILevels
{
    /// <summary>Bytes of a group of 32 of all sixteen rows.</summary>
    static abstract int GroupBytes { get; }

    /// <summary>Products are of words, and levels signed; else of bytes, and levels from 0 up.</summary>
    static abstract bool Words { get; }

    /// <summary>Steps whose sums fit i16, with inputs from -127 to 127: 4, 8, or 2. Of bytes only.</summary>
    static abstract int StepsPerFlush { get; }

    /// <summary>Writes a row's levels of one group.</summary>
    /// <param name="group">The group of the panel, zero where nothing was written.</param>
    /// <param name="row">Which of the sixteen.</param>
    /// <param name="levels">Of 32 elements.</param>
    static abstract void Write(byte* group, int row, byte* levels);

    /// <summary>The level of one element.</summary>
    static abstract int Read(byte* group, int row, int element);

    /// <summary>Σ q · x of sixteen rows over a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="x">32 inputs, bytes or words.</param>
    static abstract V Dot<V>(byte* group, void* x) where V : struct, IVector<V>;

    /// <summary>The same over its first 16 elements, or the second.</summary>
    /// <param name="group">The group.</param>
    /// <param name="x">The 32 inputs of the whole group.</param>
    /// <param name="half">0 or 1.</param>
    static abstract V DotHalf<V>(byte* group, void* x, nint half) where V : struct, IVector<V>;

    /// <summary>The levels of a group as bytes, 8 steps of 64 bytes, or as words, 16 steps of 64 bytes.</summary>
    static abstract void Unpack<V>(byte* group, byte* to) where V : struct, IVector<V>;

    /// <summary>
    /// Writes what leaves the steps 2p and 2p + 1 of a group, of the eight of four elements, as unsigned bytes in
    /// <see cref="BlockRegisters.Even"/> and <see cref="BlockRegisters.Odd"/>; where <see cref="Words"/>, with 128 added.
    /// </summary>
    /// <param name="code">Where to.</param>
    /// <param name="pair">p.</param>
    /// <param name="shifted">The odd step's may be left 2^<see cref="OddShift"/> times as large.</param>
    static abstract void WritePair(Assembler code, int pair, bool shifted);

    /// <summary>By how many bits levels of odd steps lie higher in their bytes, where <see cref="WritePair"/> can leave them there.</summary>
    static abstract int OddShift { get; }
}
