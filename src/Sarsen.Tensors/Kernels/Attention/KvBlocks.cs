namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The keys and values of one layer of a cache: blocks of <see cref="Positions"/> positions that belong to sequences by a
/// table. A block holds for each head a tile of keys, (headDim, positions), and one of values, (positions, headDim): so a
/// query multiplies with the keys of a tile side by side, and their probabilities with rows of values. In eight bits each
/// tile is one of levels, and behind it stand its scales (<see cref="KvGroups"/>).
/// </summary>
public unsafe struct KvBlocks
{
    /// <summary>A vector's lanes, and a divisor of <see cref="AttentionArgs{T}.KeyBlock"/>.</summary>
    public const int Positions = 16;

    public byte* Memory;

    /// <summary>1 for levels with scales, 2 for f16, 4 for f32; 8 for the f64 of the reference.</summary>
    public int ElementBytes;

    public int KvHeads, HeadDim;

    /// <summary>(sequences, <see cref="TableWidth"/>): the block of positions 0 … 15, of 16 … 31, and so on.</summary>
    public long* Table;

    public nint TableWidth;

    /// <summary>Elements of the two tiles of one head in one block.</summary>
    public readonly nint HeadElements => 2 * Positions * HeadDim;

    /// <summary>What one tile takes, in units of an element; scales are counted as levels.</summary>
    public static long TileElements(int elementBytes, long headDim) => elementBytes == 1 ? KvGroups.TileBytes(headDim) : Positions * headDim;

    /// <summary>The tile of keys that holds a position; that of values is <see cref="TileElements"/> elements behind.</summary>
    public readonly byte* Tile(long sequence, int kvHead, long position)
    {
        nint block = (nint)Table[sequence * TableWidth + position / Positions];
        return Memory + (block * KvHeads + kvHead) * 2 * (nint)TileElements(ElementBytes, HeadDim) * ElementBytes;
    }

    /// <summary>Both tiles as f32: where they lie, or converted into <paramref name="scratch"/> of <see cref="HeadElements"/>.</summary>
    internal readonly float* Tile(long sequence, int kvHead, long position, float* scratch)
    {
        byte* tile = Tile(sequence, kvHead, position);
        if (ElementBytes == sizeof(float))
            return (float*)tile;
        if (ElementBytes == 1)
            KvGroups.Read(tile, HeadDim, scratch);
        else
            Widening.Run(DType.F16, (ushort*)tile, scratch, HeadElements);
        return scratch;
    }
}
