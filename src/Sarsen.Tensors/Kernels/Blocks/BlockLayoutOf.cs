using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>A layout of levels and scales. Few rows of inputs are multiplied with levels as they lie, more with unpacked ones.</summary>
internal sealed unsafe class BlockLayoutOf<TLevels, TScales> : BlockLayout
    where TLevels : struct, ILevels where TScales : struct, IScales
{
    private readonly Lazy<BlockCode?> _code;

    public BlockLayoutOf() : base(TScales.BlockLength, TScales.GroupLength, TScales.Offset, TScales.HasLeast) =>
        _code = new Lazy<BlockCode?>(() => BlockCode.Of(this));

    internal override BlockCode? Code => _code.Value;

    internal override bool Words => TLevels.Words;

    public override long PanelBytes(long k) => ((k / TScales.BlockLength * PanelPlaces<TLevels, TScales>.BlockBytes) + 63) & ~63L;

    internal override void Write(byte* panel, long k, int row, in BlockRow from)
    {
        for (nint g = 0; g < (nint)(k / BlockInput.Group); g++)
        {
            byte* levels = PanelPlaces<TLevels, TScales>.Levels(panel, g);
            TLevels.Write(levels, row, from.Levels + (g * BlockInput.Group));
            TScales.Write(PanelPlaces<TLevels, TScales>.Header(panel, g), levels + TLevels.GroupBytes, row, from, g);
        }
    }

    internal override void Read(byte* panel, long k, int row, float* values)
    {
        float* lanes = stackalloc float[2 * PanelRows];
        for (nint g = 0; g < (nint)(k / GroupLength); g++)
        {
            (nint group, nint part) = Math.DivRem(g, BlockInput.Group / TScales.GroupLength);
            byte* header = PanelPlaces<TLevels, TScales>.Header(panel, group), levels = PanelPlaces<TLevels, TScales>.Levels(panel, group), scales = levels + TLevels.GroupBytes;
            ScalarLanes scale = TScales.Scale<ScalarLanes>(header, scales, part);
            scale.Store(lanes);
            (HasMinima ? TScales.Least(header, scales, part, scale) : ScalarLanes.Create(0)).Store(lanes + PanelRows);
            for (nint i = g * GroupLength; i < (g + 1) * GroupLength; i++)
            {
                int level = TLevels.Read(levels, row, (int)(i % BlockInput.Group)) - TScales.Offset;
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
                    V sum = Row<V>(args.X, r, panel);
                    Store(args, sum, r, column, columns);
                }
                continue;
            }
            for (nint r = 0; r < args.Rows; r += MostInputRows)
            {
                nint rows = nint.Min(MostInputRows, args.Rows - r);
                float* sums = BlockTile<TLevels, TScales>.Run<V>(args.X, r, rows, panel, scratch);
                for (nint i = 0; i < rows; i++)
                    Store(args, V.Load(sums + (i * PanelRows)), r + i, column, columns);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Tiles<V>(in BlockArgs args, byte* panel, nint column, nint columns, float* results) where V : struct, IVector<V>
    {
        var code = new BlockCodeArgs { Blocks = args.X.K / BlockLength, Panel = panel, Constants = BlockCode.Constants, Y = results };
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
    internal static V Row<V>(in BlockInput x, nint row, byte* levels) where V : struct, IVector<V>
    {
        nint groups = x.K / BlockInput.Group, inputBytes = TLevels.Words ? 64 : 32;
        byte* inputs = TLevels.Words ? (byte*)(x.Words + (row * x.K)) : (byte*)(x.Bytes + (row * x.K));
        float* steps = x.Steps + (row * groups), sums = x.Sums + (row * groups), halfSums = x.HalfSums + (2 * row * groups);
        int* starts = x.Starts + (row * groups), halfStarts = x.HalfStarts + (2 * row * groups);
        V sum = V.Create(0);
        for (nint g = 0; g < groups;)
        {
            byte* header = levels;
            levels += TScales.HeaderBytes;
            for (nint i = 0; i < PanelPlaces<TLevels, TScales>.Groups; i++, g++, levels += PanelPlaces<TLevels, TScales>.GroupBytes, inputs += inputBytes)
            {
                byte* scales = levels + TLevels.GroupBytes;
                if (TScales.GroupLength == BlockInput.Group)
                    sum = Add(TLevels.Dot<V>(levels, inputs), header, scales, 0, starts + g, steps[g], sums[g], sum);
                else
                {
                    sum = Add(TLevels.DotHalf<V>(levels, inputs, 0), header, scales, 0, halfStarts + (2 * g), steps[g], halfSums[2 * g], sum);
                    sum = Add(TLevels.DotHalf<V>(levels, inputs, 1), header, scales, 1, halfStarts + (2 * g) + 1, steps[g], halfSums[(2 * g) + 1], sum);
                }
            }
        }
        return sum;
    }

    /// <summary>Adds the products of a group to the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Add<V>(V dot, byte* header, byte* scales, nint part, int* start, float step, float total, V sum) where V : struct, IVector<V>
    {
        V scale = TScales.Scale<V>(header, scales, part);
        if (TScales.Offset != 0)
            dot = V.AddBits(dot, V.FromBits(*start >> BlockInput.StartShift(TScales.Offset)));
        sum = V.Fma(V.ToFloat(dot), scale * V.Create(step), sum);
        return TScales.HasLeast ? V.Fma(TScales.Least(header, scales, part, scale), V.Create(total), sum) : sum;
    }
}
