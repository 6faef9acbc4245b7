using Sarsen.Nn.Ops;

namespace Sarsen.Nn.Autograd;

/// <summary>Every operation there is. Tests walk this list; a new operation is one more line.</summary>
public static class OpCatalogue
{
    public static IReadOnlyList<Op> All { get; } =
    [
        .. BinaryOps.All,
        .. ElementLosses.All,
        .. UnaryOps.All,
        AttentionOp.Instance,
        AdaptiveAvgPool2dOp.Instance,
        AdaptiveMaxPool2dOp.Instance,
        AvgPool2dOp.Instance,
        BatchNormOp.Instance,
        CachedAttentionOp.Instance,
        ConcatOp.Instance,
        ContiguousOp.Instance,
        Conv2dOp.Instance,
        ConvTranspose2dOp.Instance,
        CrossEntropyOp.Instance,
        DropoutOp.Instance,
        EmbeddingOp.Instance,
        ExtremumOp.Max,
        ExtremumOp.Min,
        GatherOp.Instance,
        GroupNormOp.Instance,
        GruOp.Instance,
        LayerNormOp.Instance,
        LinearOp.Instance,
        LstmOp.Instance,
        MatMulOp.Instance,
        MaxPool2dOp.Instance,
        NllLossOp.Instance,
        Pad2dOp.Instance,
        PermuteOp.Instance,
        PositionsOp.Instance,
        ReshapeOp.Instance,
        RmsNormOp.Instance,
        RnnOp.WithRelu,
        RnnOp.WithTanh,
        RotaryOp.Instance,
        RotaryTableOp.Instance,
        SequenceMeanOp.Instance,
        SliceOp.Instance,
        SoftmaxOp.LogSoftmax,
        SoftmaxOp.Softmax,
        SumOp.Mean,
        SumOp.Sum,
        TokenSpansOp.Lengths,
        TokenSpansOp.Padded,
        TokenSpansOp.Uniform,
        Upsample2dOp.Instance,
        ZerosOp.Instance,
    ];
}
