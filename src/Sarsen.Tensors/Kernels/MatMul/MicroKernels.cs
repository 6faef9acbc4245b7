namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The table of the unrolled f32 kernels of one instruction set. A kernel computes, for its number of rows and columns,
/// <code>s[i, j] = fma(a[k · rows + i], b[offsets[k] + j], s[i, j])   for k = 0 .. k - 1, from s = 0
/// c[i · ldc + j] = accumulate ? c[i · ldc + j] + s[i, j] : s[i, j]</code>
/// with one accumulator per element, so every table gives the same bits. k is at least 1. The rows of B lie wherever the
/// offsets say: a packed panel, a matrix, or a picture under the taps of a window. The second family takes its rows from
/// pictures instead, for gradients of weights:
/// <code>s[i, j] = fma(taps[i][positions[k]], b[k · ldb + j], s[i, j])</code>
/// A single row has a kernel over several panels at once: the sums of one panel would wait for each other.
/// </summary>
/// <remarks>
/// Sizes fill the register file: 14 × 32 is 28 accumulators, 2 of B and 1 of A out of the 32 of AVX-512; 6 × 16 is
/// 12 + 2 + 1 out of the 16 of AVX2. C is read only after the loop, when its lines have long been prefetched.
/// </remarks>
internal sealed unsafe class MicroKernels
{
    private readonly nint[] _wide, _narrow, _wideTaps, _narrowTaps;
    private readonly nint _singleRow;

    public MicroKernels(int lanes, int wideVectors, nint[] wide, nint[] narrow, nint[] wideTaps, nint[] narrowTaps, nint singleRow)
    {
        (Lanes, PanelColumns, MaxRows, MaxTaps) = (lanes, lanes * wideVectors, wide.Length, wideTaps.Length);
        (_wide, _narrow, _wideTaps, _narrowTaps) = (wide, narrow, wideTaps, narrowTaps);
        _singleRow = singleRow;
    }

    /// <summary>The most columns a panel of B has in any table.</summary>
    public const int MaxPanelColumns = 32;

    /// <summary>The most rows a kernel has in any table.</summary>
    public const int MaxPanelRows = 14;

    /// <summary>Panels of the kernel for a single row.</summary>
    public const int SingleRowPanels = 4;

    public static MicroKernels Best { get; } = For(InstructionSets.Best);

    /// <summary>Columns of a narrow kernel: one vector.</summary>
    public int Lanes { get; }

    public int MaxRows { get; }

    /// <summary>The most rows of the second family.</summary>
    public int MaxTaps { get; }

    /// <summary>Columns of a wide kernel.</summary>
    public int PanelColumns { get; }

    public static MicroKernels For(InstructionSet set) => set switch
    {
        InstructionSet.Vector512 => MicroKernels512.Table,
        InstructionSet.Vector256 => MicroKernels256.Table,
        InstructionSet.Vector128 => MicroKernels128.Table,
        _ => MicroKernels1.Table,
    };

    /// <summary>The kernel for exactly <paramref name="rows"/> rows and one panel, or one vector, of columns.</summary>
    public delegate*<nint, float*, float*, nint*, float*, nint, nint, void> Kernel(nint rows, bool wide) =>
        (delegate*<nint, float*, float*, nint*, float*, nint, nint, void>)(wide ? _wide : _narrow)[rows - 1];

    /// <summary>The kernel of the second family.</summary>
    public delegate*<nint, nint*, float**, float*, nint, float*, nint, nint, void> TapKernel(nint rows, bool wide) =>
        (delegate*<nint, nint*, float**, float*, nint, float*, nint, nint, void>)(wide ? _wideTaps : _narrowTaps)[rows - 1];

    /// <summary>One row by <see cref="SingleRowPanels"/> panels, the second <c>panelStep</c> behind the first, each of its rows <c>rowStep</c> behind the one before.</summary>
    public delegate*<nint, float*, float*, nint, nint, float*, nint, void> SingleRow =>
        (delegate*<nint, float*, float*, nint, nint, float*, nint, void>)_singleRow;
}
