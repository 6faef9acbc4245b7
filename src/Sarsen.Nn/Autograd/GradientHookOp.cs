using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

/// <summary>y = x, a view; on the way back the module's hooks see and may change the gradient.</summary>
/// <param name="module">Whose result it is.</param>
internal sealed unsafe class GradientHookOp(Module module) : Op
{
    public override string Name => "gradient_hook";

    public override bool BackwardReadsInputs => false;

    public override bool Accepts(int input, in Shape shape, in Shape strides) => true;

    public override void Infer(ref OpShapes s) => s.View(s.Inputs[0].Shape, s.Inputs[0].Strides);

    public override void Forward(in OpArgs a)
    {
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView dy, TensorView dx) = (a.OutputGrads[0], a.InputGrads[0]);
        long bytes = dx.Count * dx.DType.Size();
        Buffer.MemoryCopy(dy.Data, dx.Data, bytes, bytes);
        module.GradientArrived(ScopeFrame.Current!.Arena.Wrap(dx.Data, dx.DType, dx.Shape));
    }

    internal Tensor Behind(Tensor x) => Run(default, x);
}
