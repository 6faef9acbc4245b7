using System.Runtime.InteropServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>Attention on the workers, forward and backward; <see cref="AttentionArgs{T}"/> says what is computed.</summary>
public static unsafe class Attention
{
    /// <summary>Scores are sums of one block of a head's elements.</summary>
    public const int MaxHeadDim = 256;

    /// <summary>Bytes of scratch that <see cref="Forward(Workers, in AttentionArgs{float}, void*)"/> needs.</summary>
    public static long WorkspaceBytes(long rows, long sequences, int heads, int kvHeads, int headDim, Workers workers) =>
        Bytes<RowKeys>(rows, sequences, heads / kvHeads, headDim, workers);

    /// <summary>Bytes of scratch that <see cref="Backward"/> needs for sequences of at most <paramref name="longest"/> queries.</summary>
    public static long BackwardWorkspaceBytes(int headDim, long longest, Workers workers) =>
        AttentionPanels.Aligned(AttentionBackward.ScratchFloats(headDim, longest)) * sizeof(float) * workers.Count;

    /// <param name="workers">Who does it.</param>
    /// <param name="args">What to compute; the spans were checked.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/>, 64-byte aligned.</param>
    public static void Forward(Workers workers, in AttentionArgs<float> args, void* workspace) => Forward(workers, args, default(RowKeys), workspace);

    /// <summary>Gradients of rows that no span names are zero for keys and values.</summary>
    /// <param name="workers">Who does it.</param>
    /// <param name="grads">What to compute.</param>
    /// <param name="keyRows">Rows of K and V in all.</param>
    /// <param name="longest">No sequence has more queries.</param>
    /// <param name="workspace"><see cref="BackwardWorkspaceBytes"/>, 64-byte aligned.</param>
    public static void Backward(Workers workers, in AttentionGrads<float> grads, long keyRows, long longest, void* workspace)
    {
        ClearOthers(grads, keyRows);
        var work = new AttentionBackward
        {
            Grads = grads,
            Scratch = (float*)workspace,
            LaneFloats = AttentionPanels.Aligned(AttentionBackward.ScratchFloats(grads.Of.HeadDim, longest)),
        };
        VectorChunks.For(workers, ref work, checked((int)(grads.Of.Sequences * grads.Of.KvHeads)));
    }

    /// <summary>Zeros the gradients of keys and values that belong to no sequence.</summary>
    public static void ClearOthers<T>(in AttentionGrads<T> grads, long keyRows) where T : unmanaged
    {
        long next = 0, width = (long)grads.Of.KvHeads * grads.Of.HeadDim * sizeof(T);
        for (long s = 0; s <= grads.Of.Sequences; s++)
        {
            long begin = s < grads.Of.Sequences ? grads.Of.Span(s).Key : keyRows;
            for (; next < begin; next++)
            {
                if (grads.Dk is not null)
                    NativeMemory.Clear(grads.Dk + next * grads.DkStride, (nuint)width);
                if (grads.Dv is not null)
                    NativeMemory.Clear(grads.Dv + next * grads.DvStride, (nuint)width);
            }
            next = s < grads.Of.Sequences ? begin + grads.Of.Span(s).Keys : next;
        }
    }

    internal static long Bytes<TKeys>(long rows, long sequences, int group, int headDim, Workers workers) where TKeys : struct, IAttentionKeys =>
        AttentionPanels.Aligned(AttentionForward<TKeys>.ScratchFloats(headDim, group)) * sizeof(float) * workers.Count
        + AttentionBlock.Most(rows, sequences, AttentionForward<TKeys>.BlockSize(group)) * sizeof(AttentionBlock);

    internal static void Forward<TKeys>(Workers workers, in AttentionArgs<float> args, TKeys keys, void* workspace) where TKeys : struct, IAttentionKeys
    {
        long lane = AttentionPanels.Aligned(AttentionForward<TKeys>.ScratchFloats(args.HeadDim, args.Group));
        var work = new AttentionForward<TKeys>
        {
            Args = args,
            Keys = keys,
            Scratch = (float*)workspace,
            LaneFloats = lane,
            Blocks = (AttentionBlock*)((float*)workspace + lane * workers.Count),
        };
        int blocks = AttentionBlock.Cut(args, AttentionForward<TKeys>.BlockSize(args.Group), TKeys.LeastQueries, work.Blocks);
        VectorChunks.For(workers, ref work, checked(blocks * args.KvHeads));
    }
}
