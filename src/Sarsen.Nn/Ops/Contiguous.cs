using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>y = x, row-major without gaps. The one copy that views cost, where a kernel needs it.</summary>
public sealed class ContiguousOp : Op
{
    internal static readonly ContiguousOp Instance = new();

    public override string Name => "contiguous";

    public override bool BackwardReadsInputs => false;

    public override bool PassesGradient(int input) => true;

    public override bool Accepts(int input, in Shape shape, in Shape strides) => true;

    public override void Infer(ref OpShapes s) => s.Output(s.Inputs[0].DType, s.Inputs[0].Shape);

    public override unsafe void Forward(in OpArgs a)
    {
        TensorView x = a.Inputs[0];
        Strided.Copy(a.Workers, x.Data, x.Shape, x.Strides, x.DType.Size(), a.Outputs[0].Data);
    }

    public override unsafe void Backward(in OpArgs a)
    {
        TensorView to = a.InputGrads[0];
        Copies.Run(a.Workers, a.OutputGrads[0].Data, to.Data, to.Count * to.DType.Size());
    }

    public override IEnumerable<OpSample> Samples => [new("copy", default, new SampleInput(new Shape(2, 3)))];
}

public static class ContiguousExtensions
{
    extension(Tensor x)
    {
        /// <summary>The tensor itself when it is contiguous, else a contiguous copy.</summary>
        public Tensor Contiguous() => x.IsContiguous ? x : Dispatch.Run(ContiguousOp.Instance, default, x);
    }
}
