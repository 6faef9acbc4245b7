using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = (x - μ) r γ + β for each channel, the second dimension; formulas and source stand with <see cref="BatchNorm"/>.
/// Inputs x (N, C, …), γ, β, running mean and running variance (C) each. In training the running ones are moved.
/// </summary>
public sealed unsafe class BatchNormOp : Op
{
    internal static readonly BatchNormOp Instance = new();

    internal readonly record struct Use(double Eps, double Momentum);

    public override string Name => "batch_norm";

    public override bool MayOverwrite(int input) => input == 0;

    public override void Infer(ref OpShapes s)
    {
        TensorInfo x = s.Inputs[0];
        FloatPair.Check(Name, s.Inputs);
        long channels = x.Shape.Rank < 2 ? 0 : x.Shape[1];
        for (int i = 1; i < 5; i++)
        {
            if (x.Shape.Rank < 2 || s.Inputs[i].Shape != new Shape(channels))
                throw new ShapeException($"BatchNorm: weight, bias and statistics must be as long as the second dimension of {x.Shape}; given {s.Inputs[i].Shape}");
        }
        if (s.IsTraining && x.Shape.Count / Math.Max(1, channels) < 2)
            throw new ShapeException($"BatchNorm: training needs more than one value for each channel; the input has the shape {x.Shape}: use a larger batch, or drop the last one");
        s.Output(x.DType, x.Shape);
        s.Save(x.DType, new Shape(channels));
        s.Save(x.DType, new Shape(channels));
        s.Workspace = 2 * channels * x.DType.Size();
        s.BackwardWorkspace = 4 * channels * x.DType.Size();
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView gamma, TensorView beta, TensorView y) = (a.Inputs[0], a.Inputs[1], a.Inputs[2], a.Outputs[0]);
        (TensorView runningMean, TensorView runningVar) = (a.Inputs[3], a.Inputs[4]);
        (long n, long c, long space) = Split(x.Shape);
        Use use = a.Attributes<Use>();
        byte* mean = a.Saved.IsEmpty ? a.Workspace : a.Saved[0].Data;
        byte* rstd = a.Saved.IsEmpty ? a.Workspace + c * x.DType.Size() : a.Saved[1].Data;
        if (x.DType == DType.F64)
        {
            if (a.IsTraining)
                Move(x.F64, (double*)mean, (double*)rstd, runningMean.F64, runningVar.F64, n, c, space, use);
            else
                Constants(runningMean.F64, runningVar.F64, (double*)mean, (double*)rstd, c, use.Eps);
            NormReference.Forward(x.F64, (double*)mean, (double*)rstd, gamma.F64, beta.F64, y.F64, n, c, space, 0);
            return;
        }
        if (a.IsTraining)
        {
            BatchNorm.Statistics(a.Workers, x.F32, (float*)mean, (float*)rstd, runningMean.F32, runningVar.F32, n, c, space, use.Momentum, use.Eps);
        }
        else
        {
            Typed.Copy(runningMean.F32, (float*)mean, c);
            BatchNorm.RunningRstd(runningVar.F32, (float*)rstd, c, use.Eps);
        }
        BatchNorm.Forward(a.Workers, x.F32, (float*)mean, (float*)rstd, gamma.F32, beta.F32, y.F32, n, c, space);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView gamma, TensorView dy, TensorView dx) = (a.Inputs[0], a.Inputs[1], a.OutputGrads[0], a.InputGrads[0]);
        (TensorView dgamma, TensorView dbeta, TensorView mean, TensorView rstd) = (a.InputGrads[1], a.InputGrads[2], a.Saved[0], a.Saved[1]);
        (long n, long c, long space) = Split(x.Shape);
        if (x.DType == DType.F64)
        {
            NormReference.Backward(x.F64, mean.F64, rstd.F64, gamma.F64, dy.F64, dx.F64, dgamma.F64, dbeta.F64, (double*)a.Workspace, n, c, space, 0, centred: true, a.IsTraining);
            return;
        }
        // The input's gradient is made from those of the parameters, wanted or not.
        float* scratch = (float*)a.Workspace;
        BatchNorm.Backward(a.Workers, x.F32, mean.F32, rstd.F32, gamma.F32, dy.F32, dx.F32,
            dgamma.IsNone ? scratch + 2 * c : dgamma.F32, dbeta.IsNone ? scratch + 3 * c : dbeta.F32, scratch, n, c, space, a.IsTraining);
    }

    private static (long N, long C, long Space) Split(in Shape x) => (x[0], x[1], x.Count / Math.Max(1, x[0] * x[1]));

    private static void Move(double* x, double* mean, double* rstd, double* runningMean, double* runningVar, long n, long c, long space, Use use)
    {
        NormReference.Statistics(x, mean, rstd, n, c, space, 0, centred: true, use.Eps);
        double count = (double)n * space;
        for (long i = 0; i < c; i++)
        {
            double variance = 1 / (rstd[i] * rstd[i]) - use.Eps;
            runningMean[i] = (1 - use.Momentum) * runningMean[i] + use.Momentum * mean[i];
            runningVar[i] = (1 - use.Momentum) * runningVar[i] + use.Momentum * variance * (count / (count - 1));
        }
    }

    private static void Constants(double* runningMean, double* runningVar, double* mean, double* rstd, long c, double eps)
    {
        for (long i = 0; i < c; i++)
            (mean[i], rstd[i]) = (runningMean[i], 1 / Math.Sqrt(runningVar[i] + eps));
    }

    public override IEnumerable<OpSample> Samples => [Sample("rows", new Shape(4, 3)), Sample("pictures", new Shape(2, 3, 2, 2))];

    private static OpSample Sample(string name, Shape x) => new(name, OpAttributes.Of(new Use(1e-5, 0.1)),
        new SampleInput(x), new SampleInput(new Shape(3)), new SampleInput(new Shape(3)),
        new SampleInput(new Shape(3), Grad: false), new SampleInput(new Shape(3), SampleValues.Positive, Grad: false));
}

public static class BatchNormExtensions
{
    extension(Tensor x)
    {
        /// <summary>Normalised for each channel of (N, C, …). In training the running statistics are moved by <paramref name="momentum"/>.</summary>
        /// <exception cref="ShapeException">A vector is not as long as the second dimension, or a training batch has one value a channel.</exception>
        public Tensor BatchNorm(Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar, double eps = 1e-5, double momentum = 0.1) =>
            Dispatch.Run(BatchNormOp.Instance, OpAttributes.Of(new BatchNormOp.Use(eps, momentum)), x, weight, bias, runningMean, runningVar);
    }
}
