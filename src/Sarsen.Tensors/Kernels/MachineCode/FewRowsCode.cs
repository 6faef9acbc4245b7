using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A few rows by a panel of 32 columns of F16 or BF16: s[r, j] = Σ_k x[r, k] · w[k, j], k ascending, one fused multiply-add each. The bits are
/// those of <see cref="FewRowsProduct"/>, which widens by more instructions.
/// </summary>
internal static unsafe class FewRowsCode
{
    public const int MostRows = 4, Columns = 32;

    private const int Lanes = 16, LowWeight = 24, HighWeight = 25;

    // F16 with one row to four, then BF16; null where there is no machine code.
    private static readonly nint[]? s_routines = Create();

    public static bool IsThere => s_routines is not null;

    /// <summary>Runs a routine.</summary>
    /// <param name="type">F16 or BF16.</param>
    /// <param name="rows">1 to <see cref="MostRows"/>.</param>
    /// <param name="count">How many k, 1 or more.</param>
    /// <param name="panel">(count, 32).</param>
    /// <param name="x">(rows, count), <paramref name="stride"/> from row to row.</param>
    /// <param name="stride">In elements.</param>
    /// <param name="sums">(rows, 32), overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(DType type, nint rows, nint count, ushort* panel, float* x, nint stride, float* sums) => Run(s_routines!, type, rows, count, panel, x, stride, sums);

    private static void Run(nint[] routines, DType type, nint rows, nint count, ushort* panel, float* x, nint stride, float* sums) =>
        ((delegate* unmanaged[SuppressGCTransition]<nint, ushort*, float*, nint, float*, void>)routines[(type == DType.F16 ? 0 : MostRows) + rows - 1])(count, panel, x, stride * sizeof(float), sums);

    private static nint[]? Create()
    {
        if (!MachineCode.IsAvailable || MachineCode.Publish([.. Enumerable.Range(0, 2 * MostRows).Select(i => Write((i % MostRows) + 1, i < MostRows))]) is not { } routines)
            return null;
        if (Works(routines))
            return routines;
        EngineEvents.Log.MachineCodeUnavailable("products of sixteen-bit weights differ from those of plain code");
        return null;
    }

    private static byte[] Write(int rows, bool isHalf)
    {
        const Register Count = Register.Rdi, Panel = Register.Rsi, Stride = Register.Rcx, Sums = Register.R8;
        Register[] x = [Register.Rdx, Register.R9, Register.R10, Register.R11];
        var code = new Assembler();
        for (int r = 1; r < rows; r++)
        {
            code.Move(x[r], x[r - 1]);
            code.Add(x[r], Stride);
        }
        for (int sum = 0; sum < 2 * rows; sum++)
            code.Clear(sum);
        int step = code.Here;
        for (int half = 0; half < 2; half++)
        {
            if (isHalf)
            {
                code.LoadHalves(LowWeight + half, Panel, half * Lanes * sizeof(ushort));
                continue;
            }
            code.LoadUnsignedWords(LowWeight + half, Panel, half * Lanes * sizeof(ushort));
            code.ShiftBitsLeft(LowWeight + half, LowWeight + half, 16);
        }
        for (int r = 0; r < rows; r++)
        {
            code.FmaBroadcast(2 * r, LowWeight, x[r], 0);
            code.FmaBroadcast((2 * r) + 1, HighWeight, x[r], 0);
            code.Add(x[r], sizeof(float));
        }
        code.Add(Panel, Columns * sizeof(ushort));
        code.RepeatFrom(step, Count);
        for (int sum = 0; sum < 2 * rows; sum++)
            code.Store(sum, Sums, sum * Lanes * sizeof(float));
        code.Return();
        return code.Code.ToArray();
    }

    private static bool Works(nint[] routines)
    {
        const int Count = 5;
        ushort* panel = stackalloc ushort[Count * Columns];
        float* x = stackalloc float[MostRows * Count], sums = stackalloc float[MostRows * Columns];
        for (int i = 0; i < MostRows * Count; i++)
            x[i] = (0.37f * i) - 3;
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F16, DType.BF16])
        {
            // Subnormal numbers of F16 are among them.
            for (int i = 0; i < Count * Columns; i++)
                panel[i] = type == DType.F16 ? BitConverter.HalfToUInt16Bits((Half)((i % 9 == 0 ? 1e-6f : 0.1f) * (i - 70))) : (ushort)(BitConverter.SingleToUInt32Bits(0.3f * (i - 70)) >> 16);
            for (int rows = 1; rows <= MostRows; rows++)
            {
                Run(routines, type, rows, Count, panel, x, Count, sums);
                for (int i = 0; i < rows * Columns; i++)
                {
                    float sum = 0;
                    for (int k = 0; k < Count; k++)
                        sum = MathF.FusedMultiplyAdd(x[(i / Columns * Count) + k], Widened(type, panel[(k * Columns) + (i % Columns)]), sum);
                    if (sums[i] != sum)
                        return false;
                }
            }
        }
        return true;
    }

    private static float Widened(DType type, ushort bits) => type == DType.F16 ? (float)BitConverter.UInt16BitsToHalf(bits) : Cast.FromBFloat16(bits);
}
