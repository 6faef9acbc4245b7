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
        AvgPool2dOp.Instance,
        BatchNormOp.Instance,
        ConcatOp.Instance,
        ContiguousOp.Instance,
        Conv2dOp.Instance,
        CrossEntropyOp.Instance,
        CtcLossOp.Instance,
        CumulativeOp.Product,
        CumulativeOp.Sum,
        DropoutOp.Instance,
        EmbeddingOp.Instance,
        ExtremumOp.Max,
        ExtremumOp.Min,
        FlipOp.Instance,
        FocalLossOp.Instance,
        GatherOp.Instance,
        GluOp.Instance,
        GruOp.Instance,
        IndexSelectOp.Instance,
        LayerNormOp.Instance,
        LinearOp.Instance,
        LstmOp.Instance,
        MaskedFillOp.Instance,
        MatMulOp.Instance,
        MaxPool2dOp.Instance,
        NllLossOp.Instance,
        OneHotOp.Instance,
        PermuteOp.Instance,
        ReshapeOp.Instance,
        RnnOp.WithRelu,
        RnnOp.WithTanh,
        ScatterOp.Add,
        ScatterOp.Set,
        SliceOp.Instance,
        SoftmaxOp.LogSoftmax,
        SoftmaxOp.Softmax,
        SortOp.Instance,
        SumOp.Mean,
        SumOp.Sum,
        TopKOp.Instance,
        WhereOp.Instance,
    ];
}
