namespace Sarsen.Tensors.Kernels;

/// <summary>Writes the keys and values of new rows, the last of each sequence's positions, into a cache. A chunk is a head of a sequence.</summary>
internal unsafe struct KvAppend : IVectorChunk
{
    /// <summary>K and V hold the new rows; spans count all keys.</summary>
    public AttentionArgs<float> Args;
    public KvBlocks Blocks;

    public readonly void Run<V>(int chunk, int lane) where V : struct, IVector<V>
    {
        long sequence = chunk / Args.KvHeads;
        int head = chunk % Args.KvHeads, dim = Args.HeadDim;
        AttentionSpan span = Args.Span(sequence);
        for (long i = 0; i < span.Queries; i++)
        {
            long position = span.Keys - span.Queries + i;
            nint row = (nint)(span.Query + i), within = (nint)(position % KvBlocks.Positions);
            float* k = Args.K + row * Args.KeyStride + head * dim, v = Args.V + row * Args.ValueStride + head * dim;
            byte* tile = Blocks.Tile(sequence, head, position);
            if (Blocks.ElementBytes == 1)
                KvGroups.Write(tile, k, v, within, dim);
            else if (Blocks.ElementBytes == sizeof(ushort))
                Write((ushort*)tile, k, v, within, dim);
            else
                Write((float*)tile, k, v, within, dim);
        }
    }

    private static void Write(float* tile, float* k, float* v, nint position, nint dim)
    {
        float* values = tile + (KvBlocks.Positions + position) * dim;
        for (nint d = 0; d < dim; d++)
        {
            tile[d * KvBlocks.Positions + position] = k[d];
            values[d] = v[d];
        }
    }

    private static void Write(ushort* tile, float* k, float* v, nint position, nint dim)
    {
        ushort* values = tile + (KvBlocks.Positions + position) * dim;
        for (nint d = 0; d < dim; d++)
        {
            tile[d * KvBlocks.Positions + position] = BitConverter.HalfToUInt16Bits((Half)k[d]);
            values[d] = BitConverter.HalfToUInt16Bits((Half)v[d]);
        }
    }
}
