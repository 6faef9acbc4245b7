namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Inputs as bytes for <see cref="BlockCode"/>: tiles of up to <see cref="BlockCode.MostRows"/> rows, and in a tile, group after group, all
/// that a product of it needs, so that it is one stream: the bytes, (8 steps, rows, 4), then of each row in turn its step, step · Σ q
/// of the group and of its halves, and -128 · Σ q of the group and of its halves.
/// </summary>
internal unsafe struct BlockTiles
{
    // In units of a row's four bytes.
    private const int Steps = 8, WholeSum = 9, HalfSums = 10, WholeStart = 12, HalfStarts = 13, Units = 15;

    /// <summary>Bytes of a group of one row.</summary>
    private const int GroupBytes = 4 * Units;

    public byte* At;

    /// <summary>Rows, and groups of each.</summary>
    public nint Rows, Groups;

    public static long MemoryBytes(long rows, long groups) => rows * groups * GroupBytes;

    /// <summary>Where the step, the sums and the starts of a group of <paramref name="rows"/> rows lie, from its beginning; of a half, or of the whole.</summary>
    public static int StepOffset(int rows) => Steps * 4 * rows;

    public static int SumOffset(int rows, int? half) => (half is { } h ? HalfSums + h : WholeSum) * 4 * rows;

    public static int StartOffset(int rows, int? half) => (half is { } h ? HalfStarts + h : WholeStart) * 4 * rows;

    public static int BytesOf(int rows) => GroupBytes * rows;

    /// <summary>Rows of the tile that begins with row <paramref name="first"/>.</summary>
    public readonly nint TileOf(nint first) => nint.Min(BlockCode.MostRows, Rows - first);

    /// <summary>The tile that begins with row <paramref name="first"/>.</summary>
    public readonly byte* Tile(nint first) => At + (first * Groups * GroupBytes);

    /// <summary>Writes a group of a row.</summary>
    public readonly void Write(nint row, nint group, sbyte* bytes, float step, int first, int second)
    {
        nint place = row % BlockCode.MostRows, top = row - place, rows = TileOf(top);
        int* to = (int*)(Tile(top) + (group * rows * GroupBytes)) + place;
        for (nint i = 0; i < Steps; i++)
            to[i * rows] = ((int*)bytes)[i];
        *(float*)(to + (Steps * rows)) = step;
        *(float*)(to + (WholeSum * rows)) = step * (first + second);
        *(float*)(to + (HalfSums * rows)) = step * first;
        *(float*)(to + ((HalfSums + 1) * rows)) = step * second;
        to[WholeStart * rows] = -128 * (first + second);
        to[HalfStarts * rows] = -128 * first;
        to[(HalfStarts + 1) * rows] = -128 * second;
    }
}
