using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>y = 0: where a recurrent layer begins. An operation, so that graphs know what is in it.</summary>
public sealed unsafe class ZerosOp : Op
{
    internal static readonly ZerosOp Instance = new();

    internal readonly record struct Use(Shape Shape, DType Type);

    public override string Name => "zeros";

    public override bool HasGradient => false;

    public override void Infer(ref OpShapes s)
    {
        Use use = s.Attributes<Use>();
        s.Output(use.Type, use.Shape);
    }

    public override void Forward(in OpArgs a)
    {
        TensorView y = a.Outputs[0];
        Zeros.Run(a.Workers, y.Data, y.Count * y.DType.Size());
    }

    /// <summary>Zeros where operations put their results: in the open scope, or with the GC.</summary>
    internal static Tensor Of(DType type, in Shape shape) => Dispatch.Run(Instance, OpAttributes.Of(new Use(shape, type)));

    public override IEnumerable<OpSample> Samples => [new("a matrix", OpAttributes.Of(new Use(new Shape(2, 3), DType.F32)))];
}
