namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The transforms of F(m × m, 3 × 3), Winograd's minimal filtering: m × m outputs of a 3 × 3 window from the
/// (m + 2) × (m + 2) elements they see, with as many multiplications as these are:
/// <code>y = Aᵀ ((G g Gᵀ) ∘ (Bᵀ d B)) A</code>
/// (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308). Each works on sixteen channels
/// side by side; a step leads from one element of a transform, all channels of all tiles, to the next.
/// </summary>
internal unsafe interface IWinogradTile
{
    /// <summary>m.</summary>
    static abstract int Outputs { get; }

    /// <summary>m + 2.</summary>
    static abstract int Size { get; }

    /// <summary>Bᵀ d B: d lies in rows of pixels, <paramref name="rowStep"/> apart, of 16 channels each.</summary>
    static abstract void Input<V>(float* d, nint rowStep, float* target, nint step) where V : struct, IVector<V>;

    /// <summary>G g Gᵀ: the nine weights of g are <paramref name="tapStep"/> apart, for 16 channels each.</summary>
    static abstract void Weight<V>(float* g, nint tapStep, float* target, nint step) where V : struct, IVector<V>;

    /// <summary>Aᵀ p A, p being the products; y lies as d does.</summary>
    static abstract void Output<V>(float* p, nint step, float* y, nint rowStep) where V : struct, IVector<V>;

    /// <summary>A dy Aᵀ, the gradient of p.</summary>
    static abstract void OutputGradient<V>(float* dy, nint rowStep, float* target, nint step) where V : struct, IVector<V>;

    /// <summary>Gᵀ u G, the gradient of g from that of its transform.</summary>
    static abstract void WeightGradient<V>(float* u, nint step, float* g, nint tapStep) where V : struct, IVector<V>;
}

/// <summary>What becomes of a tile of pixels of sixteen channels: one of the transforms above.</summary>
internal unsafe interface ITileTransform
{
    /// <summary>Rows and columns that are read.</summary>
    static abstract int Size { get; }

    static abstract void Run<V>(float* pixels, nint rowStep, float* target, nint step) where V : struct, IVector<V>;
}

internal readonly unsafe struct InputOf<TTile> : ITileTransform where TTile : struct, IWinogradTile
{
    public static int Size => TTile.Size;

    public static void Run<V>(float* pixels, nint rowStep, float* target, nint step) where V : struct, IVector<V> => TTile.Input<V>(pixels, rowStep, target, step);
}

internal readonly unsafe struct OutputGradientOf<TTile> : ITileTransform where TTile : struct, IWinogradTile
{
    public static int Size => TTile.Outputs;

    public static void Run<V>(float* pixels, nint rowStep, float* target, nint step) where V : struct, IVector<V> => TTile.OutputGradient<V>(pixels, rowStep, target, step);
}
