namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The table of the unrolled f32 kernels of one instruction set. A kernel computes, for its number of rows and columns,
/// <code>s[i, j] = fma(a[k · rows + i], b[k · ldb + j], s[i, j])   for k = 0 .. k - 1, from s = 0
/// c[i · ldc + j] = accumulate ? c[i · ldc + j] + s[i, j] : s[i, j]</code>
/// with one accumulator per element, so every table gives the same bits. k is at least 1.
/// </summary>
/// <remarks>
/// Sizes fill the register file: 14 × 32 is 28 accumulators, 2 of B and 1 of A out of the 32 of AVX-512; 6 × 16 is
/// 12 + 2 + 1 out of the 16 of AVX2. C is read only after the loop, when its lines have long been prefetched.
/// </remarks>
internal sealed unsafe class MicroKernels
{
    private readonly nint[] _wide;
    private readonly nint[] _narrow;

    public MicroKernels(int lanes, int maxRows, int wideVectors, nint[] wide, nint[] narrow)
    {
        Lanes = lanes;
        MaxRows = maxRows;
        PanelColumns = lanes * wideVectors;
        _wide = wide;
        _narrow = narrow;
    }

    /// <summary>The most columns a panel of B has in any table.</summary>
    public const int MaxPanelColumns = 32;

    /// <summary>The most rows a kernel has in any table.</summary>
    public const int MaxPanelRows = 14;

    public static MicroKernels Best { get; } = For(InstructionSets.Best);

    /// <summary>Columns of a narrow kernel: one vector.</summary>
    public int Lanes { get; }

    public int MaxRows { get; }

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
    public delegate*<nint, float*, float*, nint, float*, nint, nint, void> Kernel(nint rows, bool wide) =>
        (delegate*<nint, float*, float*, nint, float*, nint, nint, void>)(wide ? _wide : _narrow)[rows - 1];
}
