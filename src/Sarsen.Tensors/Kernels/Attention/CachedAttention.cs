using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Attention of new rows over a cache: their keys and values are written into it, then their queries attend to all that it
/// holds. In f32 the results are those of <see cref="Attention"/> over the whole sequences, bit for bit, however many rows
/// come at a time; in f16 and in eight bits keys and values are rounded first.
/// </summary>
public static unsafe class CachedAttention
{
    public static long WorkspaceBytes(long rows, long sequences, int heads, int kvHeads, int headDim, Workers workers) =>
        Math.Max(Attention.Bytes<PagedKeys>(rows, sequences, heads / kvHeads, headDim, workers),
            DecodeFloats(headDim, heads / kvHeads) * sizeof(float) * workers.Count + sequences * sizeof(AttentionBlock));

    /// <param name="workers">Who does it.</param>
    /// <param name="args">Q, K and V of the new rows; spans count all keys, and their key rows are not looked at.</param>
    /// <param name="blocks">The cache, with room for all keys.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/>, 64-byte aligned.</param>
    public static void Forward(Workers workers, in AttentionArgs<float> args, in KvBlocks blocks, void* workspace)
    {
        var append = new KvAppend { Args = args, Blocks = blocks };
        VectorChunks.For(workers, ref append, checked((int)(args.Sequences * args.KvHeads)));
        Decode(workers, args, blocks, workspace);
        Attention.Forward(workers, args, new PagedKeys { Blocks = blocks }, workspace);
    }

    private static void Decode(Workers workers, in AttentionArgs<float> args, in KvBlocks blocks, void* workspace)
    {
        long lane = DecodeFloats(args.HeadDim, args.Group);
        var decode = new AttentionDecode
        {
            Args = args,
            Blocks = blocks,
            Scratch = (float*)workspace,
            LaneFloats = lane,
            Sequences = (AttentionBlock*)((float*)workspace + lane * workers.Count),
        };
        int count = 0;
        for (long s = 0; s < args.Sequences; s++)
        {
            if (args.Span(s).Queries is > 0 and <= AttentionDecode.MostQueries)
                decode.Sequences[count++] = new AttentionBlock { Sequence = s };
        }
        VectorChunks.For(workers, ref decode, checked(count * args.KvHeads));
    }

    private static long DecodeFloats(int headDim, int group) => AttentionPanels.Aligned(AttentionDecode.ScratchFloats(headDim, group));
}
