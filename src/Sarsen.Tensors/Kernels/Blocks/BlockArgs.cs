namespace Sarsen.Tensors.Kernels;

/// <summary>A product with panels of one layout: y[r, j] = Σ_k x[r, k] · w[j, k] + bias[j].</summary>
internal unsafe struct BlockArgs
{
    public BlockInput X;

    /// <summary>Who multiplies inputs in tiles.</summary>
    public BlockCode? Code;

    /// <summary>Rows of x.</summary>
    public nint Rows;

    /// <summary>The panels of sixteen outputs each, one after the other.</summary>
    public byte* Panels;

    /// <summary>Outputs, of which the last panel may lack some.</summary>
    public nint Outputs;

    /// <summary>The first output of the first row; <see cref="RowStride"/> from row to row.</summary>
    public float* Y;

    public nint RowStride;

    /// <summary>One for each output, or null.</summary>
    public float* Bias;
}
