using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>
/// Along one dimension, m its maximum: softmax y = e^(x - m) / Σ e^(x - m), dx = y (dy - Σ dy y); log-softmax
/// y = x - m - ln Σ e^(x - m), dx = dy - e^y Σ dy.
/// </summary>
/// <param name="log">The logarithm of it.</param>
public sealed unsafe class SoftmaxOp(bool log) : Op
{
    internal static readonly SoftmaxOp Softmax = new(log: false);
    internal static readonly SoftmaxOp LogSoftmax = new(log: true);

    internal readonly record struct Along(int Dim);

    public override string Name => log ? "log_softmax" : "softmax";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        TensorInfo x = s.Inputs[0];
        FloatPair.Check(Name, s.Inputs);
        (long outer, long n, long inner) = ExtremumOp.Split(x.Shape, s.Attributes<Along>().Dim);
        s.Output(x.DType, x.Shape);
        s.Workspace = Sarsen.Tensors.Kernels.Softmax.WorkspaceBytes(outer, n, inner, backward: false);
        s.BackwardWorkspace = Sarsen.Tensors.Kernels.Softmax.WorkspaceBytes(outer, n, inner, backward: true);
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        (long outer, long n, long inner) = ExtremumOp.Split(x.Shape, a.Attributes<Along>().Dim);
        if (x.DType == DType.F64)
            Sarsen.Tensors.Kernels.Softmax.Forward(x.F64, y.F64, outer, n, inner, log);
        else
            Sarsen.Tensors.Kernels.Softmax.Forward(a.Workers, x.F32, y.F32, outer, n, inner, log, (float*)a.Workspace);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView y, TensorView dy, TensorView dx) = (a.Outputs[0], a.OutputGrads[0], a.InputGrads[0]);
        (long outer, long n, long inner) = ExtremumOp.Split(y.Shape, a.Attributes<Along>().Dim);
        if (y.DType == DType.F64)
            Sarsen.Tensors.Kernels.Softmax.Backward(y.F64, dy.F64, dx.F64, outer, n, inner, log);
        else
            Sarsen.Tensors.Kernels.Softmax.Backward(a.Workers, y.F32, dy.F32, dx.F32, outer, n, inner, log, (float*)a.Workspace);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("last", OpAttributes.Of(new Along(1)), new SampleInput(new Shape(3, 5))),
        new("first", OpAttributes.Of(new Along(0)), new SampleInput(new Shape(3, 4))),
        new("middle", OpAttributes.Of(new Along(1)), new SampleInput(new Shape(2, 3, 2))),
    ];
}

public static class SoftmaxExtensions
{
    extension(Tensor x)
    {
        /// <summary>Probabilities along <paramref name="dim"/> that sum to one.</summary>
        public Tensor Softmax(int dim = -1) => Dispatch.Run(SoftmaxOp.Softmax, OpAttributes.Of(new SoftmaxOp.Along(x.Shape.Dim(dim))), x);

        /// <summary>Their logarithms, without going through them.</summary>
        public Tensor LogSoftmax(int dim = -1) => Dispatch.Run(SoftmaxOp.LogSoftmax, OpAttributes.Of(new SoftmaxOp.Along(x.Shape.Dim(dim))), x);
    }
}
