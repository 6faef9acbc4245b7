namespace Sarsen.Tensors.Kernels;

/// <summary>Where keys and values come from: rows of tensors, or the blocks of a cache.</summary>
internal unsafe interface IAttentionKeys
{
    /// <summary>Sequences of fewer queries are computed elsewhere.</summary>
    static abstract int LeastQueries { get; }

    /// <summary>Floats of scratch that packing needs.</summary>
    long ScratchFloats(int headDim);

    /// <summary>
    /// Packs keys <paramref name="first"/> … first + count - 1 of a sequence as <see cref="AttentionPanels"/> rows of depth
    /// headDim, and their values as columns with a row of ones.
    /// </summary>
    void Pack(MicroKernels kernels, in AttentionArgs<float> args, in AttentionBlock block, int kvHead, long first, nint count, float* keys, float* values, float* scratch);
}

/// <summary>Keys and values that lie in the rows of tensors.</summary>
internal readonly unsafe struct RowKeys : IAttentionKeys
{
    public static int LeastQueries => 1;

    public long ScratchFloats(int headDim) => 0;

    public void Pack(MicroKernels kernels, in AttentionArgs<float> args, in AttentionBlock block, int kvHead, long first, nint count, float* keys, float* values, float* scratch)
    {
        AttentionSpan span = args.Span(block.Sequence);
        nint head = kvHead * args.HeadDim, row = (nint)(span.Key + first);
        AttentionPanels.PackRows(kernels, args.K + row * args.KeyStride + head, args.KeyStride, count, args.HeadDim, keys);
        AttentionPanels.PackColumns(kernels, args.V + row * args.ValueStride + head, args.ValueStride, args.HeadDim, count, values, ones: true);
    }
}
