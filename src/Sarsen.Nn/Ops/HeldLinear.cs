using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>y = x Wᵀ + b with a weight that is held in another way: x (…, I), W (O, I), b (O), y (…, O). One for each weight.</summary>
/// <param name="weight">W.</param>
internal sealed unsafe class HeldLinearOp(WeightMatrix weight) : Op
{
    public override string Name => "held linear";

    public override bool HasGradient => false;

    public override void Infer(ref OpShapes s)
    {
        TensorInfo x = s.Inputs[0];
        if (x.DType != DType.F32)
            throw new NotSupportedException($"Linear: a held weight multiplies F32, given {x.DType}");
        if (x.Shape.Rank < 1 || x.Shape[-1] != weight.Inputs)
            throw new ShapeException($"Linear: the last dimension of x must be the weight's second: x is {x.Shape}, weight is ({weight.Outputs}, {weight.Inputs})");
        if (s.Inputs.Length > 1 && s.Inputs[1].Shape != new Shape(weight.Outputs))
            throw new ShapeException($"Linear: the bias must be ({weight.Outputs}): it is {s.Inputs[1].Shape}");
        s.Output(DType.F32, x.Shape.With(-1, weight.Outputs));
        s.Workspace = weight.WorkspaceBytes(x.Shape.With(-1, 1).Count, s.Workers);
    }

    public override void Forward(in OpArgs a) => weight.Multiply(
        a.Inputs[0].F32, a.Inputs.Length > 1 ? a.Inputs[1].F32 : null, a.Outputs[0].F32, (nint)weight.Outputs, a.Inputs[0].Shape.With(-1, 1).Count, a.Workers, (byte*)a.Workspace);
}
