using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>A layout of levels and scales. Few rows of inputs are multiplied with levels as they lie, more with unpacked ones.</summary>
internal sealed unsafe class BlockLayoutOf<TLevels, TScales> : BlockLayout
    where TLevels : struct, ILevels where TScales : struct, IScales
{
    private readonly Lazy<BlockCode?> _code = new(BlockCode.Of<TLevels, TScales>);

    public BlockLayoutOf() : base(TScales.BlockLength, TScales.GroupLength, TScales.Offset, TScales.HasLeast)
    {
    }

    internal override BlockCode? Code => _code.Value;

    internal override bool Words => TLevels.Words;

    public override long PanelBytes(long k) => (LevelBytes(k) + (k / TScales.BlockLength * TScales.BlockBytes) + 63) & ~63L;

    private static long LevelBytes(long k) => k / BlockInput.Group * TLevels.GroupBytes;

    internal override void Write(byte* panel, long k, int row, in BlockRow from)
    {
        for (long g = 0; g < k / BlockInput.Group; g++)
            TLevels.Write(panel + (g * TLevels.GroupBytes), row, from.Levels + (g * BlockInput.Group));
        byte* scales = panel + LevelBytes(k);
        for (nint b = 0; b < (nint)(k / TScales.BlockLength); b++)
            TScales.Write(scales + (b * TScales.BlockBytes), row, from, b);
    }

    internal override void Read(byte* panel, long k, int row, float* values)
    {
        float* lanes = stackalloc float[2 * PanelRows];
        byte* scales = panel + LevelBytes(k);
        for (nint g = 0; g < (nint)(k / GroupLength); g++)
        {
            ScalarLanes scale = TScales.Scale<ScalarLanes>(scales, g);
            scale.Store(lanes);
            (HasMinima ? TScales.Least(scales, g, scale) : ScalarLanes.Create(0)).Store(lanes + PanelRows);
            for (nint i = g * GroupLength; i < (g + 1) * GroupLength; i++)
            {
                int level = TLevels.Read(panel + (i / BlockInput.Group * TLevels.GroupBytes), row, (int)(i % BlockInput.Group)) - TScales.Offset;
                values[i] = (lanes[row] * level) + lanes[PanelRows + row];
            }
        }
    }

    internal override long ScratchBytes(long rows) => rows <= FewRows ? TileResults : Math.Max(TileResults, BlockTile<TLevels, TScales>.ScratchBytes);

    internal override void Multiply<V>(in BlockArgs args, long firstPanel, long endPanel, byte* scratch)
    {
        nint k = args.X.K;
        for (long p = firstPanel; p < endPanel; p++)
        {
            byte* panel = args.Panels + (p * PanelBytes(k));
            nint column = (nint)(p * PanelRows), columns = nint.Min(PanelRows, args.Outputs - column);
            if (args.X.IsTiled)
            {
                Tiles<V>(args, panel, column, columns, (float*)scratch);
                continue;
            }
            if (args.Rows <= FewRows)
            {
                for (nint r = 0; r < args.Rows; r++)
                {
                    V sum = Row<V>(args.X, r, panel, panel + LevelBytes(k));
                    Store(args, sum, r, column, columns);
                }
                continue;
            }
            for (nint r = 0; r < args.Rows; r += MostInputRows)
            {
                nint rows = nint.Min(MostInputRows, args.Rows - r);
                float* sums = BlockTile<TLevels, TScales>.Run<V>(args.X, r, rows, panel, panel + LevelBytes(k), scratch);
                for (nint i = 0; i < rows; i++)
                    Store(args, V.Load(sums + (i * PanelRows)), r + i, column, columns);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Tiles<V>(in BlockArgs args, byte* panel, nint column, nint columns, float* results) where V : struct, IVector<V>
    {
        nint k = args.X.K;
        var code = new BlockCodeArgs { Blocks = k / BlockLength, Levels = panel, Scales = panel + LevelBytes(k), Constants = BlockCode.Constants, Y = results };
        for (nint r = 0; r < args.Rows; r += BlockCode.MostRows)
        {
            code.Inputs = args.X.Tiles.Tile(r);
            nint rows = args.X.Tiles.TileOf(r);
            args.Code!.Run(rows, &code);
            for (nint i = 0; i < rows; i++)
                Store(args, V.Load(results + (i * PanelRows)), r + i, column, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(in BlockArgs args, V sum, nint row, nint column, nint columns) where V : struct, IVector<V>
    {
        float* y = args.Y + (row * args.RowStride) + column;
        if (args.Bias != null)
            sum += V.Load(args.Bias + column, columns);
        if (columns == PanelRows)
            sum.Store(y);
        else
            sum.Store(y, columns);
    }

    /// <summary>The sums of sixteen outputs of one row, with levels as they lie.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static V Row<V>(in BlockInput x, nint row, byte* levels, byte* scales) where V : struct, IVector<V>
    {
        nint groups = x.K / BlockInput.Group;
        byte* inputs = TLevels.Words ? (byte*)(x.Words + (row * x.K)) : (byte*)(x.Bytes + (row * x.K));
        nint inputBytes = TLevels.Words ? 64 : 32;
        float* steps = x.Steps + (row * groups), sums = x.Sums + (row * groups), halfSums = x.HalfSums + (2 * row * groups);
        int* starts = x.Starts + (row * groups), halfStarts = x.HalfStarts + (2 * row * groups);
        V sum = V.Create(0);
        if (TScales.GroupLength == BlockInput.Group)
        {
            for (nint g = 0; g < groups; g++, levels += TLevels.GroupBytes, inputs += inputBytes)
            {
                V dot = TLevels.Dot<V>(levels, inputs), scale = TScales.Scale<V>(scales, g);
                if (TScales.Offset != 0)
                    dot = V.AddBits(dot, V.FromBits(starts[g] >> BlockInput.StartShift(TScales.Offset)));
                sum = V.Fma(V.ToFloat(dot), scale * V.Create(steps[g]), sum);
                if (TScales.HasLeast)
                    sum = V.Fma(TScales.Least(scales, g, scale), V.Create(sums[g]), sum);
            }
            return sum;
        }
        for (nint g = 0; g < 2 * groups; g++)
        {
            V dot = TLevels.DotHalf<V>(levels + ((g >> 1) * TLevels.GroupBytes), inputs + ((g >> 1) * inputBytes), g & 1), scale = TScales.Scale<V>(scales, g);
            if (TScales.Offset != 0)
                dot = V.AddBits(dot, V.FromBits(halfStarts[g] >> BlockInput.StartShift(TScales.Offset)));
            sum = V.Fma(V.ToFloat(dot), scale * V.Create(steps[g >> 1]), sum);
            if (TScales.HasLeast)
                sum = V.Fma(TScales.Least(scales, g, scale), V.Create(halfSums[g]), sum);
        }
        return sum;
    }
}
