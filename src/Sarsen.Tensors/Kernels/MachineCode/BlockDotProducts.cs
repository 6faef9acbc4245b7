using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Products of some rows of inputs with a panel of sixteen outputs in blocks, by AVX512-VNNI. Σ q x of a group is exact in i32, as it
/// is in <see cref="BlockTile{TLevels, TScales}"/>, and the sums that are added to y follow in its order: the bits are the same.
/// </summary>
internal sealed unsafe class BlockDotProducts
{
    /// <summary>Rows of one routine, at most: their sums of a group, and their results, stay in registers.</summary>
    public const int MostRows = 12;

    private const int Columns = BlockLayout.PanelRows, Steps = 8, Kinds = 8;

    private readonly nint[] _routines;

    private BlockDotProducts(nint[] routines) => _routines = routines;

    /// <summary>Those of this machine, or null.</summary>
    public static BlockDotProducts? Best { get; } = Create();

    /// <summary>Runs a routine.</summary>
    /// <param name="rows">1 to <see cref="MostRows"/>.</param>
    /// <param name="starts">Sums begin with <see cref="BlockDotArgs.Starts"/>, else with zero.</param>
    /// <param name="leasts">There are minima.</param>
    /// <param name="halves">Scales are of 16 elements, else of 32.</param>
    /// <param name="args">The rest.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(nint rows, bool starts, bool leasts, bool halves, BlockDotArgs* args) =>
        ((delegate* unmanaged[SuppressGCTransition]<BlockDotArgs*, void>)_routines[Index((int)rows, starts, leasts, halves)])(args);

    private static int Index(int rows, bool starts, bool leasts, bool halves) => (((starts ? 1 : 0) + (leasts ? 2 : 0) + (halves ? 4 : 0)) * MostRows) + rows - 1;

    private static BlockDotProducts? Create()
    {
        if (!MachineCode.HasDotBytes)
            return null;
        byte[][] codes = new byte[Kinds * MostRows][];
        ForEach((rows, starts, leasts, halves) => codes[Index(rows, starts, leasts, halves)] = Write(rows, starts, leasts, halves));
        if (MachineCode.Publish(codes) is not { } routines)
            return null;
        var products = new BlockDotProducts(routines);
        bool works = true;
        ForEach((rows, starts, leasts, halves) => works &= products.Works(rows, starts, leasts, halves));
        if (works)
            return products;
        EngineEvents.Log.MachineCodeUnavailable("products of bytes by AVX512-VNNI are not those of plain code");
        return null;
    }

    private static void ForEach(Action<int, bool, bool, bool> action)
    {
        for (int kind = 0; kind < Kinds; kind++)
        {
            for (int rows = 1; rows <= MostRows; rows++)
                action(rows, (kind & 1) != 0, (kind & 2) != 0, (kind & 4) != 0);
        }
    }

    /// <summary>Registers: results, sums of products, then what is read.</summary>
    private static byte[] Write(int rows, bool starts, bool leasts, bool halves)
    {
        const int Level = 2 * MostRows, Factor = Level + 2, Scaled = Factor + 1, Least = 31;
        const Register Args = Register.Rdi, Results = Register.Rax, Groups = Register.Rax;
        (Register levels, Register inputs, Register factors, Register minima) = (Register.Rsi, Register.Rcx, Register.Rdx, Register.R8);
        (Register steps, Register sums, Register begin) = (Register.R9, Register.R10, Register.R11);
        int parts = halves ? 2 : 1, stepsOfPart = Steps / parts;

        var code = new Assembler();
        code.Move(Results, Args, Offset(nameof(BlockDotArgs.Y)));
        for (int m = 0; m < rows; m++)
            code.Load(m, Results, m * Columns * sizeof(float));
        code.Move(levels, Args, Offset(nameof(BlockDotArgs.Levels)));
        code.Move(inputs, Args, Offset(nameof(BlockDotArgs.Inputs)));
        code.Move(factors, Args, Offset(nameof(BlockDotArgs.Factors)));
        code.Move(minima, Args, Offset(nameof(BlockDotArgs.Leasts)));
        code.Move(steps, Args, Offset(nameof(BlockDotArgs.Steps)));
        code.Move(sums, Args, Offset(nameof(BlockDotArgs.Sums)));
        code.Move(begin, Args, Offset(nameof(BlockDotArgs.Starts)));
        code.Move(Groups, Args, Offset(nameof(BlockDotArgs.Groups)));

        int group = code.Here;
        for (int part = 0; part < parts; part++)
        {
            for (int m = 0; m < rows; m++)
            {
                if (starts)
                    code.Broadcast(MostRows + m, begin, ((part * rows) + m) * sizeof(int));
                else
                    code.Clear(MostRows + m);
            }
            for (int s = part * stepsOfPart; s < (part + 1) * stepsOfPart; s++)
            {
                code.Load(Level + (s & 1), levels, s * Columns * 4);
                for (int m = 0; m < rows; m++)
                    code.DotBytesBroadcast(MostRows + m, Level + (s & 1), inputs, ((s * rows) + m) * 4);
            }
            code.Load(Factor, factors, part * Columns * sizeof(float));
            if (leasts)
                code.Load(Least, minima, part * Columns * sizeof(float));
            for (int m = 0; m < rows; m++)
            {
                int scaled = Scaled + (m & 3);
                code.ToFloat(MostRows + m, MostRows + m);
                code.MultiplyBroadcast(scaled, Factor, steps, m * sizeof(float));
                code.Fma(m, MostRows + m, scaled);
                if (leasts)
                    code.FmaBroadcast(m, Least, sums, ((part * rows) + m) * sizeof(float));
            }
        }
        code.Add(levels, Steps * Columns * 4);
        code.Add(inputs, Steps * rows * 4);
        code.Add(factors, parts * Columns * sizeof(float));
        code.Add(minima, parts * Columns * sizeof(float));
        code.Add(steps, rows * sizeof(float));
        code.Add(sums, parts * rows * sizeof(float));
        code.Add(begin, parts * rows * sizeof(int));
        code.RepeatFrom(group, Groups);

        code.Move(Results, Args, Offset(nameof(BlockDotArgs.Y)));
        for (int m = 0; m < rows; m++)
            code.Store(m, Results, m * Columns * sizeof(float));
        code.Return();
        return code.Code.ToArray();
    }

    private static int Offset(string field) => (int)System.Runtime.InteropServices.Marshal.OffsetOf<BlockDotArgs>(field);

    /// <summary>Two groups of made-up numbers against plain code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Works(int rows, bool starts, bool leasts, bool halves)
    {
        const int Groups = 2, Elements = Groups * 4 * Steps;
        int parts = halves ? 2 : 1, length = 4 * Steps / parts;
        byte* levels = stackalloc byte[Elements * Columns];
        sbyte* inputs = stackalloc sbyte[Elements * MostRows];
        float* factors = stackalloc float[Groups * 2 * Columns], minima = stackalloc float[Groups * 2 * Columns];
        float* steps = stackalloc float[Groups * MostRows], sums = stackalloc float[Groups * 2 * MostRows];
        int* begin = stackalloc int[Groups * 2 * MostRows];
        float* y = stackalloc float[MostRows * Columns];
        for (int i = 0; i < Elements * Columns; i++)
            levels[i] = (byte)(i * 89 + i / 7);
        for (int i = 0; i < Elements * rows; i++)
            inputs[i] = (sbyte)(i * 61 + i / 5);
        for (int i = 0; i < Groups * parts * Columns; i++)
            (factors[i], minima[i]) = (0.01f * (i + 1), -0.3f * i);
        for (int i = 0; i < Groups * rows; i++)
            steps[i] = 0.7f / (i + 3);
        for (int i = 0; i < Groups * parts * rows; i++)
            (sums[i], begin[i]) = (1.1f * i, -1000 * i);
        for (int i = 0; i < rows * Columns; i++)
            y[i] = i;
        var args = new BlockDotArgs
        {
            Groups = Groups, Levels = levels, Inputs = inputs, Factors = factors, Leasts = minima, Steps = steps, Sums = sums, Starts = begin, Y = y,
        };
        Run(rows, starts, leasts, halves, &args);

        for (int m = 0; m < rows; m++)
        {
            for (int c = 0; c < Columns; c++)
            {
                float expected = (m * Columns) + c;
                for (int part = 0; part < Groups * parts; part++)
                {
                    int dot = starts ? begin[(part * rows) + m] : 0;
                    for (int k = part * length; k < (part + 1) * length; k++)
                        dot += levels[(k / 4 * 4 * Columns) + (4 * c) + (k % 4)] * inputs[(k / 4 * 4 * rows) + (4 * m) + (k % 4)];
                    expected = MathF.FusedMultiplyAdd(dot, factors[(part * Columns) + c] * steps[(part / parts * rows) + m], expected);
                    if (leasts)
                        expected = MathF.FusedMultiplyAdd(minima[(part * Columns) + c], sums[(part * rows) + m], expected);
                }
                if (y[(m * Columns) + c] != expected)
                    return false;
            }
        }
        return true;
    }
}
