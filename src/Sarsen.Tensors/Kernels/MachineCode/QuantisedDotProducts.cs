using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The int8 kernels by AVX512-VNNI: what each computes says <see cref="QuantisedKernels"/>. Sums are exact in i32, so the
/// results are those of every other path.
/// </summary>
internal static unsafe class QuantisedDotProducts
{
    private const int Lanes = 16, MostRows = QuantisedKernels.PanelRows;

    /// <summary>Those of this machine, or null.</summary>
    public static QuantisedKernels? Create()
    {
        if (!MachineCode.HasDotBytes)
            return null;
        // Unsigned rows by two vectors of columns and by one, then signed ones.
        byte[][] codes = [.. Enumerable.Range(0, 4 * MostRows).Select(i => Write((i % MostRows) + 1, 2 - (i / MostRows % 2), leftSigned: i >= 2 * MostRows))];
        if (MachineCode.Publish(codes) is not { } starts)
            return null;
        var kernels = new QuantisedKernels(Lanes, starts[..MostRows], starts[MostRows..(2 * MostRows)], starts[(2 * MostRows)..(3 * MostRows)], starts[(3 * MostRows)..], machineCode: true);
        if (Works(kernels))
            return kernels;
        EngineEvents.Log.MachineCodeUnavailable("the int8 kernels by AVX512-VNNI differ from plain code");
        return null;
    }

    /// <summary>
    /// <c>void (nint k4, byte* a, nint lda, byte* b, nint ldb, int* c, nint ldc)</c> in the System V convention: rdi, rsi, rdx, rcx, r8, r9
    /// and the stack. Registers 0 to 23 hold the sums, 24 and 25 columns of b, 26 and 27 a row of a.
    /// </summary>
    private static byte[] Write(int rows, int vectors, bool leftSigned)
    {
        const int Columns = 24, Row = 26;
        const Register K4 = Register.Rdi, A = Register.Rsi, StrideA = Register.Rdx, B = Register.Rcx, StrideB = Register.R8, C = Register.R9, StrideC = Register.R10;
        var code = new Assembler();
        for (int sum = 0; sum < rows * vectors; sum++)
            code.Clear(sum);
        int step = code.Here;
        for (int v = 0; v < vectors; v++)
            code.Load(Columns + v, B, v * Lanes * 4);
        for (int m = 0; m < rows; m++)
        {
            if (!leftSigned)
                code.Broadcast(Row + (m & 1), A, m * 4);
            for (int v = 0; v < vectors; v++)
            {
                if (leftSigned)
                    code.DotBytesBroadcast((m * vectors) + v, Columns + v, A, m * 4);
                else
                    code.DotBytes((m * vectors) + v, Row + (m & 1), Columns + v);
            }
        }
        code.Add(A, StrideA);
        code.Add(B, StrideB);
        code.RepeatFrom(step, K4);

        code.MoveFromStack(StrideC, sizeof(long));
        code.ShiftLeft(StrideC, 2);
        for (int m = 0; m < rows; m++)
        {
            for (int v = 0; v < vectors; v++)
                code.Store((m * vectors) + v, C, v * Lanes * sizeof(int));
            code.Add(C, StrideC);
        }
        code.Return();
        return code.Code.ToArray();
    }

    /// <summary>Every number of rows, both widths and both signs against plain code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Works(QuantisedKernels kernels)
    {
        const int K4 = 3, PanelColumns = QuantisedKernels.PanelColumns;
        byte* a = stackalloc byte[K4 * 4 * MostRows], b = stackalloc byte[K4 * 4 * PanelColumns];
        int* c = stackalloc int[MostRows * PanelColumns], expected = stackalloc int[MostRows * PanelColumns];
        for (int i = 0; i < K4 * 4 * MostRows; i++)
            a[i] = (byte)((i * 61) + (i / 5));
        for (int i = 0; i < K4 * 4 * PanelColumns; i++)
            b[i] = (byte)((i * 89) + (i / 7));
        foreach (bool leftSigned in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (nint columns in (ReadOnlySpan<nint>)[Lanes, PanelColumns])
            {
                for (nint rows = 1; rows <= MostRows; rows++)
                {
                    kernels.Run(leftSigned, K4, a, rows, b, columns, c);
                    QuantisedKernels.RunPlain(leftSigned, K4, a, rows, b, columns, expected);
                    for (nint r = 0; r < rows; r++)
                    {
                        if (!new Span<int>(c + (r * PanelColumns), (int)columns).SequenceEqual(new Span<int>(expected + (r * PanelColumns), (int)columns)))
                            return false;
                    }
                }
            }
        }
        return true;
    }
}
