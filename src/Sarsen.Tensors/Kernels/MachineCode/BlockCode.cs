using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sarsen.Tensors.Memory;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Products of a tile of rows with a panel of sixteen outputs of one layout, by AVX512-VNNI, levels being unpacked in registers. Sums
/// of a group are exact in i32, and are added to the results in the order of <see cref="BlockLayout"/>: the bits are those
/// of the other paths.
/// </summary>
internal sealed unsafe class BlockCode
{
    /// <summary>Rows of a routine, at most: their sums of a group, and their results, stay in registers.</summary>
    public const int MostRows = 12;

    private static readonly NativeBuffer? s_constants = MachineCode.HasDotBytes ? WriteConstants() : null;

    private readonly nint[] _routines;

    private BlockCode(nint[] routines) => _routines = routines;

    /// <summary>The constants that routines read (<see cref="BlockRegisters"/>).</summary>
    public static byte* Constants => s_constants is { } constants ? constants.Pointer : null;

    /// <summary>The routines of a layout; null where there is no machine code, or it fails its test.</summary>
    public static BlockCode? Of<TLevels, TScales>(BlockLayoutOf<TLevels, TScales> layout) where TLevels : struct, ILevels where TScales : struct, IScales
    {
        if (s_constants is null || MachineCode.Publish([.. Enumerable.Range(1, MostRows).Select(Write<TLevels, TScales>)]) is not { } routines)
            return null;
        var code = new BlockCode(routines);
        if (BlockCodeCheck.Passes(layout, code))
            return code;
        EngineEvents.Log.MachineCodeUnavailable("products of weights in blocks differ from those of plain code");
        return null;
    }

    /// <summary>Runs a routine.</summary>
    /// <param name="rows">1 to <see cref="MostRows"/>.</param>
    /// <param name="args">The rest.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(nint rows, BlockCodeArgs* args) => ((delegate* unmanaged[SuppressGCTransition]<BlockCodeArgs*, void>)_routines[rows - 1])(args);

    private static byte[] Write<TLevels, TScales>(int rows) where TLevels : struct, ILevels where TScales : struct, IScales
    {
        int parts = BlockInput.Group / TScales.GroupLength, pairs = 4 / parts;
        bool few = rows <= BlockRegisters.FewRows;
        var code = new Assembler();
        code.Move(BlockRegisters.Levels, BlockRegisters.Args, Offset(nameof(BlockCodeArgs.Panel)));
        code.Move(BlockRegisters.Inputs, BlockRegisters.Args, Offset(nameof(BlockCodeArgs.Inputs)));
        code.Move(BlockRegisters.Constants, BlockRegisters.Args, Offset(nameof(BlockCodeArgs.Constants)));
        code.Move(BlockRegisters.Blocks, BlockRegisters.Args, Offset(nameof(BlockCodeArgs.Blocks)));
        code.Load(BlockRegisters.Order, BlockRegisters.Constants, BlockRegisters.OrderOffset);
        for (int m = 0; m < rows; m++)
            code.Clear(m);

        int block = code.Here;
        code.Move(BlockRegisters.Header, BlockRegisters.Levels);
        if (TScales.HeaderBytes > 0)
            code.Add(BlockRegisters.Levels, TScales.HeaderBytes);
        if (few)
            TScales.WriteHeader(code);
        code.Move(BlockRegisters.Groups, PanelPlaces<TLevels, TScales>.Groups);
        int group = code.Here;
        for (int part = 0; part < parts; part++)
        {
            int? half = parts == 1 ? null : part;
            Start(code, rows, TLevels.Words ? 128 : TScales.Offset, half);
            for (int m = 0; few && m < rows; m++)
                code.Clear(BlockRegisters.OddSums + m);
            for (int pair = part * pairs; pair < (part + 1) * pairs; pair++)
            {
                TLevels.WritePair(code, pair, few);
                for (int step = 0; step < 2; step++)
                {
                    for (int m = 0; m < rows; m++)
                        code.DotBytesBroadcast((few && step == 1 ? BlockRegisters.OddSums : MostRows) + m, step == 0 ? BlockRegisters.Even : BlockRegisters.Odd, BlockRegisters.Inputs, 4 * ((((2 * pair) + step) * rows) + m));
                }
            }
            for (int m = 0; few && m < rows; m++)
            {
                if (TLevels.OddShift > 0)
                    code.ShiftBitsRight(BlockRegisters.OddSums + m, BlockRegisters.OddSums + m, (byte)TLevels.OddShift);
                code.AddBits(MostRows + m, MostRows + m, BlockRegisters.OddSums + m);
            }
            TScales.WriteScale(code, TLevels.GroupBytes, part, few);
            for (int m = 0; m < rows; m++)
            {
                int scaled = BlockRegisters.Scaled + (m & 1);
                code.ToFloat(MostRows + m, MostRows + m);
                code.MultiplyBroadcast(scaled, BlockRegisters.Factor, BlockRegisters.Inputs, BlockTiles.StepOffset(rows) + (4 * m));
                code.Fma(m, MostRows + m, scaled);
                if (TScales.HasLeast && TScales.SubtractsLeast)
                    code.FmaNegatedBroadcast(m, BlockRegisters.Least, BlockRegisters.Inputs, BlockTiles.SumOffset(rows, half) + (4 * m));
                else if (TScales.HasLeast)
                    code.FmaBroadcast(m, BlockRegisters.Least, BlockRegisters.Inputs, BlockTiles.SumOffset(rows, half) + (4 * m));
            }
        }
        code.Add(BlockRegisters.Levels, PanelPlaces<TLevels, TScales>.GroupBytes);
        code.Add(BlockRegisters.Inputs, BlockTiles.BytesOf(rows));
        code.RepeatFrom(group, BlockRegisters.Groups);
        code.RepeatFrom(block, BlockRegisters.Blocks);

        code.Move(BlockRegisters.Results, BlockRegisters.Args, Offset(nameof(BlockCodeArgs.Y)));
        for (int m = 0; m < rows; m++)
            code.Store(m, BlockRegisters.Results, m * BlockLayout.PanelRows * sizeof(float));
        code.Return();
        return code.Code.ToArray();
    }

    /// <summary>Sums begin with what the offset of the levels takes away: -offset · Σ q, a power of two.</summary>
    private static void Start(Assembler code, int rows, int offset, int? half)
    {
        for (int m = 0; m < rows; m++)
        {
            int sum = MostRows + m;
            if (offset == 0)
            {
                code.Clear(sum);
                continue;
            }
            code.Broadcast(sum, BlockRegisters.Inputs, BlockTiles.StartOffset(rows, half) + (4 * m));
            int shift = BlockInput.StartShift(offset);
            if (shift > 0)
                code.ShiftBitsRight(sum, sum, (byte)shift);
        }
    }

    private static int Offset(string field) => (int)Marshal.OffsetOf<BlockCodeArgs>(field);

    private static NativeBuffer WriteConstants()
    {
        NativeBuffer constants = NativeBuffer.Allocate(BlockRegisters.ConstantBytes);
        var order = (short*)(constants.Pointer + BlockRegisters.OrderOffset);
        for (int row = 0; row < BlockLayout.PanelRows; row++)
            (order[2 * row], order[(2 * row) + 1]) = ((short)row, (short)(BlockLayout.PanelRows + row));
        *(int*)(constants.Pointer + BlockRegisters.LowBits) = 0x0F0F0F0F;
        *(int*)(constants.Pointer + BlockRegisters.UpperBits) = 0x30303030;
        *(int*)(constants.Pointer + BlockRegisters.FifthBits) = 0x10101010;
        *(int*)(constants.Pointer + BlockRegisters.HighBits) = unchecked((int)0xF0F0F0F0);
        *(int*)(constants.Pointer + BlockRegisters.TopBits) = unchecked((int)0x80808080);
        return constants;
    }
}
