using Sarsen.Nn.Ops;

namespace Sarsen.Nn.Autograd;

/// <summary>Every operation there is. Tests walk this list; a new operation is one more line.</summary>
public static class OpCatalogue
{
    public static IReadOnlyList<Op> All { get; } =
    [
        .. BinaryOps.All,
        .. UnaryOps.All,
        ContiguousOp.Instance,
        LinearOp.Instance,
        MatMulOp.Instance,
        PermuteOp.Instance,
        ReshapeOp.Instance,
        SliceOp.Instance,
        SumOp.Mean,
        SumOp.Sum,
    ];
}
