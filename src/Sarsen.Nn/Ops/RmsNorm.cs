using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = x r γ over the last dimension, r = 1 / √(Σ x² / C + ε); formulas and source stand with <see cref="RowNorm"/>.
/// Inputs x (…, C), γ (C).
/// </summary>
public sealed unsafe class RmsNormOp : Op
{
    internal static readonly RmsNormOp Instance = new();

    internal readonly record struct Use(double Eps);

    public override string Name => "rms_norm";

    public override void Infer(ref OpShapes s)
    {
        TensorInfo x = s.Inputs[0];
        FloatPair.Check(Name, s.Inputs);
        if (x.Shape.Rank < 1 || s.Inputs[1].Shape != new Shape(x.Shape[-1]))
            throw new ShapeException($"RmsNorm: the weight must be as long as the last dimension of {x.Shape}; it is {s.Inputs[1].Shape}");
        long rows = x.Shape.With(-1, 1).Count;
        s.Output(x.DType, x.Shape);
        s.Save(x.DType, new Shape(rows));
        // The f64 path keeps means, which stay zero.
        s.Workspace = 2 * rows * x.DType.Size();
        s.BackwardWorkspace = x.DType == DType.F64 ? 3 * rows * x.DType.Size() : 0;
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        (long rows, long columns, double eps) = (x.Shape.With(-1, 1).Count, x.Shape[-1], a.Attributes<Use>().Eps);
        byte* rstd = a.Saved.IsEmpty ? a.Workspace : a.Saved[0].Data;
        if (x.DType == DType.F64)
        {
            double* mean = (double*)a.Workspace + rows;
            NormReference.Statistics(x.F64, mean, (double*)rstd, rows, columns, 1, 1, centred: false, eps);
            NormReference.Forward(x.F64, mean, (double*)rstd, a.Inputs[1].F64, null, y.F64, rows, columns, 1, 1);
        }
        else
        {
            RowNorm.Forward(a.Workers, x.F32, a.Inputs[1].F32, null, y.F32, null, (float*)rstd, rows, columns, eps);
        }
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView gamma, TensorView dy, TensorView dx, TensorView dgamma, TensorView rstd) =
            (a.Inputs[0], a.Inputs[1], a.OutputGrads[0], a.InputGrads[0], a.InputGrads[1], a.Saved[0]);
        (long rows, long columns) = (x.Shape.With(-1, 1).Count, x.Shape[-1]);
        if (x.DType == DType.F64)
        {
            double* mean = (double*)a.Workspace + 2 * rows;
            new Span<double>(mean, checked((int)rows)).Clear();
            NormReference.Backward(x.F64, mean, rstd.F64, gamma.F64, dy.F64, dx.F64, dgamma.F64, null, (double*)a.Workspace, rows, columns, 1, 1, centred: false, training: true);
            return;
        }
        if (!dx.IsNone)
            RowNorm.BackwardInput(a.Workers, x.F32, gamma.F32, null, rstd.F32, dy.F32, dx.F32, rows, columns);
        if (!dgamma.IsNone)
            RowNorm.BackwardParameters(a.Workers, x.F32, null, rstd.F32, dy.F32, dgamma.F32, null, rows, columns);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("rows", OpAttributes.Of(new Use(1e-6)), new SampleInput(new Shape(3, 5)), new SampleInput(new Shape(5))),
        new("more dimensions", OpAttributes.Of(new Use(0.1)), new SampleInput(new Shape(2, 2, 17)), new SampleInput(new Shape(17))),
    ];
}

public static class RmsNormExtensions
{
    extension(Tensor x)
    {
        /// <summary>Divided by the root of its mean square over the last dimension, times a weight.</summary>
        /// <exception cref="ShapeException">The weight is not as long as the last dimension.</exception>
        public Tensor RmsNorm(Tensor weight, double eps = 1e-6) =>
            Dispatch.Run(RmsNormOp.Instance, OpAttributes.Of(new RmsNormOp.Use(eps)), x, weight);
    }
}
