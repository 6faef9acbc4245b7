namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The table of the int8 kernels of one instruction set. A kernel computes, for its number of rows and columns,
/// <code>c[i · ldc + j] = Σ over k &lt; 4 · k4 of a[(k / 4) · lda + 4 · i + k % 4] · b[(k / 4) · ldb + 4 · j + k % 4]</code>
/// exactly, in i32: four k of a row, or of a column, lie together. One of a and b is unsigned, the other signed with seven
/// bits (see <see cref="FourProducts"/>): a is signed weights and b a picture in convolutions, a is unsigned rows and b
/// weights in linear layers. k4 is 1 or more and at most <see cref="MaxK4"/>.
/// </summary>
internal sealed unsafe class QuantisedKernels(int lanes, nint[] unsignedWide, nint[] unsignedNarrow, nint[] signedWide, nint[] signedNarrow, bool machineCode = false)
{
    /// <summary>Columns of a packed panel on every path.</summary>
    public const int PanelColumns = 32;

    /// <summary>The most rows a kernel has in any table, and those of a packed panel.</summary>
    public const int PanelRows = 12;

    /// <summary>From here 4 · k4 · 255 · 64 would leave i32.</summary>
    public const long MaxK4 = int.MaxValue / (4 * 255 * 64);

    // Before Best, which may be it.
    private static QuantisedKernels Plain { get; } = new(0, [], [], [], []);

    public static QuantisedKernels Best { get; } = QuantisedDotProducts.Create() ?? For(InstructionSets.Best);

    public static QuantisedKernels For(InstructionSet set) => set switch
    {
        InstructionSet.Vector512 => QuantisedKernels512.Table,
        InstructionSet.Vector256 => QuantisedKernels256.Table,
        InstructionSet.Vector128 => QuantisedKernels128.Table,
        _ => Plain,
    };

    /// <summary>
    /// A whole panel: <paramref name="rows"/> rows, at most <see cref="PanelRows"/>, by <paramref name="columns"/> columns,
    /// at most <see cref="PanelColumns"/>, of which b and c have room for all. Steps of a are 4 · rows bytes.
    /// </summary>
    public void Run(bool leftSigned, nint k4, byte* a, nint rows, byte* b, nint columns, int* c)
    {
        if (lanes == 0)
        {
            RunPlain(leftSigned, k4, a, rows, b, columns, c);
            return;
        }
        nint[] wide = leftSigned ? signedWide : unsignedWide, narrow = leftSigned ? signedNarrow : unsignedNarrow;
        nint most = wide.Length, lda = 4 * rows;
        for (nint i = 0; i < rows; i += most)
        {
            nint height = nint.Min(most, rows - i);
            for (nint j = 0; j < columns; j += 2 * lanes)
            {
                nint kernel = (columns - j > lanes ? wide : narrow)[height - 1];
                if (machineCode)
                    ((delegate* unmanaged[SuppressGCTransition]<nint, byte*, nint, byte*, nint, int*, nint, void>)kernel)(k4, a + 4 * i, lda, b + 4 * j, 4 * PanelColumns, c + i * PanelColumns + j, PanelColumns);
                else
                    ((delegate*<nint, byte*, nint, byte*, nint, int*, nint, void>)kernel)(k4, a + 4 * i, lda, b + 4 * j, 4 * PanelColumns, c + i * PanelColumns + j, PanelColumns);
            }
        }
    }

    internal static void RunPlain(bool leftSigned, nint k4, byte* a, nint rows, byte* b, nint columns, int* c)
    {
        for (nint i = 0; i < rows; i++)
        {
            for (nint j = 0; j < columns; j++)
            {
                int sum = 0;
                for (nint k = 0; k < 4 * k4; k++)
                {
                    byte x = a[k / 4 * 4 * rows + 4 * i + k % 4], y = b[k / 4 * 4 * PanelColumns + 4 * j + k % 4];
                    sum += leftSigned ? (sbyte)x * y : x * (sbyte)y;
                }
                c[i * PanelColumns + j] = sum;
            }
        }
    }
}
