using System.Runtime.InteropServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The small matrix products of attention, by the micro-kernels of <see cref="MatMul"/>. Columns are queries, 32 side by
/// side; rows are keys or elements of a head, in packed panels of balanced heights.
/// </summary>
internal static unsafe class AttentionPanels
{
    /// <summary>Queries side by side: lanes are queries, so that nothing is ever summed across lanes.</summary>
    public const int Columns = 32;

    /// <summary>The beginnings of rows of 32 elements, as many as a product is deep.</summary>
    public static readonly nint* Rows32 = Beginnings(32);

    /// <summary>The beginnings of rows of 64 elements.</summary>
    public static readonly nint* Rows64 = Beginnings(64);

    // Constants of the process, which micro-kernels need at an address.
    private static nint* Beginnings(nint step)
    {
        var rows = (nint*)NativeMemory.AlignedAlloc(Attention.MaxHeadDim * (nuint)sizeof(nint), 64);
        for (nint k = 0; k < Attention.MaxHeadDim; k++)
            rows[k] = k * step;
        return rows;
    }

    /// <summary>Floats of a packed operand.</summary>
    public static long PackedFloats(long rows, long depth) => Aligned(rows * depth + Packing.Spill);

    public static long Aligned(long floats) => (floats + 15) & ~15L;

    /// <summary>
    /// c[r, i] = Σ_k a[r, k] b[k, i], ascending k, or c + that, for r below <paramref name="rows"/>, rounded up to a panel,
    /// and k below <paramref name="depth"/>.
    /// </summary>
    /// <param name="kernels">The instruction set.</param>
    /// <param name="packedRows">Rows that were packed.</param>
    /// <param name="packedDepth">The depth that was packed.</param>
    /// <param name="rows">Rows that are wanted.</param>
    /// <param name="depth">1 or more.</param>
    /// <param name="a">The packed operand.</param>
    /// <param name="b">Rows that lie as <paramref name="rowsOfB"/> says.</param>
    /// <param name="rowsOfB">Where each row of b begins: <see cref="Rows32"/> or <see cref="Rows64"/>.</param>
    /// <param name="c">Rows of <paramref name="ldc"/> elements.</param>
    /// <param name="ldc">At least <paramref name="width"/>.</param>
    /// <param name="width">Columns, a multiple of 16.</param>
    /// <param name="accumulate">Add to c.</param>
    public static void Multiply(MicroKernels kernels, nint packedRows, nint packedDepth, nint rows, nint depth, float* a, float* b, nint* rowsOfB, float* c, nint ldc, nint width, bool accumulate)
    {
        nint panels = Panels(kernels, packedRows);
        for (nint j = 0; j < width;)
        {
            bool wide = width - j > kernels.Lanes;
            for (nint p = 0, r = 0; r < rows; p++)
            {
                nint height = Height(packedRows, panels, p);
                kernels.Kernel(height, wide)(depth, a + r * packedDepth, b + j, rowsOfB, c + r * ldc + j, ldc, accumulate ? 1 : 0);
                r += height;
            }
            j += wide ? kernels.PanelColumns : kernels.Lanes;
        }
    }

    /// <summary>Packs a[r, k] = source[r · ld + k].</summary>
    public static void PackRows(MicroKernels kernels, float* source, nint ld, nint rows, nint depth, float* packed)
    {
        nint panels = Panels(kernels, rows);
        for (nint p = 0, r = 0; p < panels; p++)
        {
            nint height = Height(rows, panels, p);
            Packing.Transpose(source + r * ld, ld, height, depth, packed + r * depth, height, kernels.Lanes);
            r += height;
        }
    }

    /// <summary>Packs a[r, k] = source[k · ld + r], and with <paramref name="ones"/> a further row of ones.</summary>
    public static void PackColumns(MicroKernels kernels, float* source, nint ld, nint rows, nint depth, float* packed, bool ones = false) =>
        PackColumns(kernels, source, ld, rows, depth, packed, ones, 0, depth);

    /// <summary>The same for k from <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 of it, which begin at the source.</summary>
    public static void PackColumns(MicroKernels kernels, float* source, nint ld, nint rows, nint depth, float* packed, bool ones, nint first, nint count)
    {
        nint all = ones ? rows + 1 : rows, panels = Panels(kernels, all);
        for (nint p = 0, r = 0; p < panels; p++)
        {
            nint height = Height(all, panels, p), copied = nint.Min(height, rows - r);
            float* panel = packed + r * depth + first * height;
            Packing.Copy(source + r, ld, copied, count, panel, height);
            for (nint k = 0; k < count && copied < height; k++)
                panel[k * height + copied] = 1;
            r += height;
        }
    }

    /// <summary>
    /// columns[k · 32 + i] = source[i · ld + k] for i below <paramref name="count"/>, 32 or less; zeros in the other columns
    /// but for copies of the first one.
    /// </summary>
    public static void Turn(MicroKernels kernels, float* source, nint ld, nint count, nint depth, float* columns)
    {
        if (count < Columns)
            new Span<float>(columns, checked((int)depth * Columns)).Clear();
        Packing.Transpose(source, ld, count, depth, columns, Columns, kernels.Lanes);
    }

    public static nint Panels(MicroKernels kernels, nint rows) => (rows + kernels.MaxRows - 1) / kernels.MaxRows;

    public static nint Height(nint rows, nint panels, nint panel) => rows / panels + (panel < rows % panels ? 1 : 0);
}
