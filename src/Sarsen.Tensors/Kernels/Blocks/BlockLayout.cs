namespace Sarsen.Tensors.Kernels;

/// <summary>
/// How weights in blocks lie in memory to be multiplied: panels of sixteen rows, and in each panel block after
/// block, the levels of its groups and then their scales. The kinds are those that the block types of files need.
/// </summary>
/// <remarks>
/// The numerics contract: products of a group are summed exactly, in i32; y = fma(Σ (q - offset) x, s · step, y), then, where there
/// are minima, y = fma(least, step · Σ x, y), from group to group, ascending, and the bias is added last. This does not depend on how many
/// rows are computed together, on threads or on the instruction set.
/// </remarks>
public abstract unsafe class BlockLayout
{
    /// <summary>Rows of a panel.</summary>
    public const int PanelRows = 16;

    /// <summary>Rows of inputs that are computed at once, at most.</summary>
    internal const int MostInputRows = 256;

    /// <summary>Up to so many rows unpacking levels costs more than it saves.</summary>
    internal const int FewRows = 2;

    private protected BlockLayout(int blockLength, int groupLength, int offset, bool hasMinima) =>
        (BlockLength, GroupLength, Offset, HasMinima) = (blockLength, groupLength, offset, hasMinima);

    /// <summary>Four bits from -8, F16 scales of 32.</summary>
    public static BlockLayout Nibbles { get; } = new BlockLayoutOf<Nibbles, HalfScales<Eight>>();

    /// <summary>Four bits, F16 scales and minima of 32.</summary>
    public static BlockLayout NibblesWithMinima { get; } = new BlockLayoutOf<Nibbles, HalfLeasts>();

    /// <summary>Four bits, scales and minima of 32 in super-blocks.</summary>
    public static BlockLayout SuperNibbles { get; } = new BlockLayoutOf<Nibbles, SuperLeasts<ThirtyTwo>>();

    /// <summary>Five bits from -16, F16 scales of 32.</summary>
    public static BlockLayout Fives { get; } = new BlockLayoutOf<Fives, HalfScales<Sixteen>>();

    /// <summary>Five bits, F16 scales and minima of 32.</summary>
    public static BlockLayout FivesWithMinima { get; } = new BlockLayoutOf<Fives, HalfLeasts>();

    /// <summary>Five bits, scales and minima of 32 in super-blocks.</summary>
    public static BlockLayout SuperFives { get; } = new BlockLayoutOf<Fives, SuperLeasts<ThirtyTwo>>();

    /// <summary>Five bits, scales and minima of 16 in super-blocks.</summary>
    public static BlockLayout SuperFives16 { get; } = new BlockLayoutOf<Fives, SuperLeasts<Sixteen>>();

    /// <summary>Six bits from -32, scales of 16 in super-blocks.</summary>
    public static BlockLayout SuperSixes { get; } = new BlockLayoutOf<Sixes, SuperScales<ThirtyTwo>>();

    /// <summary>Signed bytes, F16 scales of 32.</summary>
    public static BlockLayout Bytes { get; } = new BlockLayoutOf<SignedBytes, HalfScales<Zero>>();

    /// <summary>Signed bytes, scales of 16 in super-blocks.</summary>
    public static BlockLayout SuperBytes { get; } = new BlockLayoutOf<SignedBytes, SuperScales<Zero>>();

    /// <summary>Elements that share an F16: 32 or 256. Rows are multiples of it.</summary>
    public int BlockLength { get; }

    /// <summary>Elements that share a scale: 16 or 32.</summary>
    public int GroupLength { get; }

    /// <summary>What is subtracted from levels.</summary>
    public int Offset { get; }

    /// <summary>Have groups minima.</summary>
    public bool HasMinima { get; }

    /// <summary>Needs inputs as words.</summary>
    internal abstract bool Words { get; }

    /// <summary>Bytes of the results of a tile of machine code.</summary>
    private protected const long TileResults = BlockCode.MostRows * PanelRows * sizeof(float);

    /// <summary>The routines that take its place where there are such, and their inputs are tiles; else null.</summary>
    internal abstract BlockCode? Code { get; }

    /// <summary>Bytes of a panel of rows of so many elements, a multiple of 64.</summary>
    public abstract long PanelBytes(long k);

    /// <summary>Writes a row into its panel, which was zero before.</summary>
    /// <param name="panel"><see cref="PanelBytes"/>.</param>
    /// <param name="k">Elements of a row.</param>
    /// <param name="row">Which of the panel's.</param>
    /// <param name="from">The row.</param>
    internal abstract void Write(byte* panel, long k, int row, in BlockRow from);

    /// <summary>A row as f32.</summary>
    internal abstract void Read(byte* panel, long k, int row, float* values);

    /// <summary>Bytes of scratch memory of one thread.</summary>
    internal abstract long ScratchBytes(long rows);

    /// <summary>Computes the outputs of some panels for all rows.</summary>
    internal abstract void Multiply<V>(in BlockArgs args, long firstPanel, long endPanel, byte* scratch) where V : struct, IVector<V>;
}
