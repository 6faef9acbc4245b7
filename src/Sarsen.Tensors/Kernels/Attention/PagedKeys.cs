namespace Sarsen.Tensors.Kernels;

/// <summary>Keys and values that lie in the blocks of a cache.</summary>
internal unsafe struct PagedKeys : IAttentionKeys
{
    public KvBlocks Blocks;

    public static int LeastQueries => AttentionDecode.MostQueries + 1;

    public readonly long ScratchFloats(int headDim) => AttentionPanels.Aligned(2L * KvBlocks.Positions * headDim);

    public readonly void Pack(MicroKernels kernels, in AttentionArgs<float> args, in AttentionBlock block, int kvHead, long first, nint count, float* keys, float* values, float* scratch)
    {
        nint dim = args.HeadDim;
        for (nint at = 0; at < count; at += KvBlocks.Positions)
        {
            nint n = nint.Min(KvBlocks.Positions, count - at);
            float* tile = Blocks.Tile(block.Sequence, kvHead, first + at, scratch);
            PackTile(kernels, tile, at, n, count, dim, keys);
            AttentionPanels.PackColumns(kernels, tile + KvBlocks.Positions * dim, dim, dim, count, values, ones: true, at, n);
        }
    }

    /// <summary>Keys at … at + n - 1 of <paramref name="rows"/>, which a tile holds as columns, into panels of rows.</summary>
    private static void PackTile(MicroKernels kernels, float* tile, nint at, nint n, nint rows, nint depth, float* packed)
    {
        nint panels = AttentionPanels.Panels(kernels, rows);
        for (nint p = 0, r = 0; p < panels; p++)
        {
            nint height = AttentionPanels.Height(rows, panels, p);
            nint from = nint.Max(r, at), to = nint.Min(r + height, at + n);
            if (from < to)
            {
                float* panel = packed + r * depth + from - r, source = tile + from - at;
                for (nint k = 0; k < depth; k++)
                {
                    for (nint i = 0; i < to - from; i++)
                        panel[k * height + i] = source[k * KvBlocks.Positions + i];
                }
            }
            r += height;
        }
    }
}
