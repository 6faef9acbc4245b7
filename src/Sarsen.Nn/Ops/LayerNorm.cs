using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = (x - μ) r γ + β over the last dimension, r = 1 / √(σ² + ε); formulas and source stand with <see cref="RowNorm"/>.
/// Inputs x (…, C), γ (C), β (C).
/// </summary>
public sealed unsafe class LayerNormOp : Op
{
    internal static readonly LayerNormOp Instance = new();

    internal readonly record struct Use(double Eps);

    public override string Name => "layer_norm";

    public override void Infer(ref OpShapes s)
    {
        TensorInfo x = s.Inputs[0];
        FloatPair.Check(Name, s.Inputs);
        if (x.Shape.Rank < 1 || s.Inputs[1].Shape != new Shape(x.Shape[-1]) || s.Inputs[2].Shape != new Shape(x.Shape[-1]))
            throw new ShapeException($"LayerNorm: weight and bias must be as long as the last dimension of {x.Shape}; they are {s.Inputs[1].Shape} and {s.Inputs[2].Shape}");
        long rows = x.Shape.With(-1, 1).Count;
        s.Output(x.DType, x.Shape);
        s.Save(x.DType, new Shape(rows));
        s.Save(x.DType, new Shape(rows));
        s.Workspace = 2 * rows * x.DType.Size();
        s.BackwardWorkspace = 2 * rows * x.DType.Size();
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        (long rows, long columns, double eps) = (x.Shape.With(-1, 1).Count, x.Shape[-1], a.Attributes<Use>().Eps);
        byte* mean = a.Saved.IsEmpty ? a.Workspace : a.Saved[0].Data;
        byte* rstd = a.Saved.IsEmpty ? a.Workspace + rows * x.DType.Size() : a.Saved[1].Data;
        if (x.DType == DType.F64)
        {
            NormReference.Statistics(x.F64, (double*)mean, (double*)rstd, rows, columns, 1, 1, centred: true, eps);
            NormReference.Forward(x.F64, (double*)mean, (double*)rstd, a.Inputs[1].F64, a.Inputs[2].F64, y.F64, rows, columns, 1, 1);
        }
        else
        {
            RowNorm.Forward(a.Workers, x.F32, a.Inputs[1].F32, a.Inputs[2].F32, y.F32, (float*)mean, (float*)rstd, rows, columns, eps);
        }
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView gamma, TensorView dy, TensorView dx) = (a.Inputs[0], a.Inputs[1], a.OutputGrads[0], a.InputGrads[0]);
        (TensorView dgamma, TensorView dbeta, TensorView mean, TensorView rstd) = (a.InputGrads[1], a.InputGrads[2], a.Saved[0], a.Saved[1]);
        (long rows, long columns) = (x.Shape.With(-1, 1).Count, x.Shape[-1]);
        if (x.DType == DType.F64)
        {
            NormReference.Backward(x.F64, mean.F64, rstd.F64, gamma.F64, dy.F64, dx.F64, dgamma.F64, dbeta.F64, (double*)a.Workspace, rows, columns, 1, 1, centred: true, training: true);
            return;
        }
        if (!dx.IsNone)
            RowNorm.BackwardInput(a.Workers, x.F32, gamma.F32, mean.F32, rstd.F32, dy.F32, dx.F32, rows, columns);
        if (!dgamma.IsNone || !dbeta.IsNone)
            RowNorm.BackwardParameters(a.Workers, x.F32, mean.F32, rstd.F32, dy.F32, dgamma.F32, dbeta.F32, rows, columns);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("rows", OpAttributes.Of(new Use(1e-5)), new SampleInput(new Shape(3, 5)), new SampleInput(new Shape(5)), new SampleInput(new Shape(5))),
        new("more dimensions", OpAttributes.Of(new Use(0.1)), new SampleInput(new Shape(2, 2, 4)), new SampleInput(new Shape(4)), new SampleInput(new Shape(4))),
    ];
}

public static class LayerNormExtensions
{
    extension(Tensor x)
    {
        /// <summary>Normalised over the last dimension, times a weight, plus a bias.</summary>
        /// <exception cref="ShapeException">Weight or bias is not as long as the last dimension.</exception>
        public Tensor LayerNorm(Tensor weight, Tensor bias, double eps = 1e-5) =>
            Dispatch.Run(LayerNormOp.Instance, OpAttributes.Of(new LayerNormOp.Use(eps)), x, weight, bias);
    }
}
