using Sarsen.Nn.Autograd;
using Sarsen.Nn.Plans;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>y = f(x), element by element, and dx = f'(x) · dy: formula, source and error stand with the kernel.</summary>
/// <param name="name">The operation's name.</param>
/// <param name="values">What its samples are drawn from.</param>
/// <param name="sample">The kernel, with parameters, that its samples use.</param>
public sealed class UnaryOp<TKernel>(string name, SampleValues values = SampleValues.Normal, TKernel sample = default) : Op
    where TKernel : unmanaged, IUnaryOp
{
    public override string Name => name;

    public override bool BackwardReadsInputs => TKernel.BackwardNeedsX;

    public override bool MayOverwrite(int input) => true;

    public override bool AddsToInputGrad => true;

    public override ElementFunction? AsElementFunction(in OpAttributes attributes) => new ElementFunction<TKernel>(attributes.As<TKernel>());

    public override void Infer(ref OpShapes s)
    {
        FloatPair.Check(name, s.Inputs);
        s.Output(s.Inputs[0].DType, s.Inputs[0].Shape);
    }

    public override unsafe void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        if (x.DType == DType.F64)
            Unary.Forward(a.Attributes<TKernel>(), x.F64, y.F64, x.Count);
        else
            Unary.Forward(a.Workers, a.Attributes<TKernel>(), x.F32, y.F32, x.Count);
    }

    public override unsafe void Backward(in OpArgs a)
    {
        (TensorView x, TensorView y, TensorView dy, TensorView dx) = (a.Inputs[0], a.Outputs[0], a.OutputGrads[0], a.InputGrads[0]);
        if (x.DType == DType.F64)
            Unary.Backward(a.Attributes<TKernel>(), x.F64, y.F64, dy.F64, dx.F64, x.Count, a.AddsToInputGrad);
        else
            Unary.Backward(a.Workers, a.Attributes<TKernel>(), x.F32, y.F32, dy.F32, dx.F32, x.Count, a.AddsToInputGrad);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("a matrix", OpAttributes.Of(sample), new SampleInput(new Shape(3, 7), values)),
        new("an empty one", OpAttributes.Of(sample), new SampleInput(new Shape(0, 4), values)),
    ];

    internal Tensor Run(Tensor x, TKernel kernel = default) => Run(OpAttributes.Of(kernel), x);
}
