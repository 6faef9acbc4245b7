using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = (x - μ) r γ + β, μ and r over each group of channels of each sample; formulas and source stand with
/// <see cref="GroupNorm"/>. Inputs x (N, C, …), then γ and β (C) each where it is affine, running mean and running variance
/// (groups) each where they are tracked: they are moved in training, by the samples' means. As many groups as channels make
/// it an instance norm.
/// </summary>
public sealed unsafe class GroupNormOp : Op
{
    internal static readonly GroupNormOp Instance = new();

    internal readonly record struct Use(long Groups, double Eps, bool Affine = true, bool Tracks = false, double Momentum = 0);

    public override string Name => "group_norm";

    public override void Infer(ref OpShapes s)
    {
        TensorInfo x = s.Inputs[0];
        FloatPair.Check(Name, s.Inputs);
        Use use = s.Attributes<Use>();
        long groups = use.Groups, channels = x.Shape.Rank < 2 ? 0 : x.Shape[1];
        if (x.Shape.Rank < 2 || groups < 1 || channels % groups != 0)
            throw new ShapeException($"GroupNorm: {groups} groups do not divide the second dimension of {x.Shape}");
        for (int i = 1; i < s.Inputs.Length; i++)
        {
            bool statistic = i >= Statistics(use);
            if (s.Inputs[i].Shape != new Shape(statistic ? groups : channels))
                throw new ShapeException(statistic
                    ? $"GroupNorm: running statistics for each of {groups} groups expected; given {s.Inputs[i].Shape}"
                    : $"GroupNorm: weight and bias must be as long as the second dimension of {x.Shape}; given {s.Inputs[i].Shape}");
        }
        if (use.Tracks && s.IsTraining && x.Shape.Count / Math.Max(1, x.Shape[0] * groups) < 2)
            throw new ShapeException($"GroupNorm: running variances need more than one value for each group of a sample; the input has the shape {x.Shape}");
        long statistics = x.Shape[0] * groups;
        s.Output(x.DType, x.Shape);
        s.Save(x.DType, new Shape(statistics));
        s.Save(x.DType, new Shape(statistics));
        s.Workspace = 2 * statistics * x.DType.Size();
        s.BackwardWorkspace = x.DType == DType.F64
            ? 2 * statistics * sizeof(double)
            : GroupNorm.ScratchBytes(x.Shape[0], channels, Space(x.Shape)) + (2 * channels * sizeof(float));
    }

    public override void Forward(in OpArgs a)
    {
        Use use = a.Attributes<Use>();
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        (TensorView gamma, TensorView beta) = use.Affine ? (a.Inputs[1], a.Inputs[2]) : default;
        (TensorView runningMean, TensorView runningVar) = use.Tracks && a.IsTraining ? (a.Inputs[Statistics(use)], a.Inputs[Statistics(use) + 1]) : default;
        (long n, long c, long space) = (x.Shape[0], x.Shape[1], Space(x.Shape));
        if (x.Count == 0)
            return;
        byte* mean = a.Saved.IsEmpty ? a.Workspace : a.Saved[0].Data;
        byte* rstd = a.Saved.IsEmpty ? a.Workspace + (n * use.Groups * x.DType.Size()) : a.Saved[1].Data;
        if (x.DType == DType.F64)
        {
            NormReference.Statistics(x.F64, (double*)mean, (double*)rstd, n, c, space, use.Groups, centred: true, use.Eps);
            Move((double*)mean, (double*)rstd, runningMean.F64, runningVar.F64, n, x.Count / (n * use.Groups), use);
            NormReference.Forward(x.F64, (double*)mean, (double*)rstd, gamma.F64, beta.F64, y.F64, n, c, space, use.Groups);
            return;
        }
        GroupNorm.Forward(a.Workers, x.F32, gamma.F32, beta.F32, y.F32, (float*)mean, (float*)rstd, n, c, space, use.Groups, use.Eps, runningMean.F32, runningVar.F32, use.Momentum);
    }

    public override void Backward(in OpArgs a)
    {
        Use use = a.Attributes<Use>();
        (TensorView x, TensorView dy, TensorView dx) = (a.Inputs[0], a.OutputGrads[0], a.InputGrads[0]);
        (TensorView mean, TensorView rstd) = (a.Saved[0], a.Saved[1]);
        (TensorView gamma, TensorView dgamma, TensorView dbeta) = use.Affine ? (a.Inputs[1], a.InputGrads[1], a.InputGrads[2]) : default;
        (long n, long c, long space, long groups) = (x.Shape[0], x.Shape[1], Space(x.Shape), use.Groups);
        if (x.DType == DType.F64)
        {
            NormReference.Backward(x.F64, mean.F64, rstd.F64, gamma.F64, dy.F64, dx.F64, dgamma.F64, dbeta.F64, (double*)a.Workspace, n, c, space, groups, centred: true, training: true);
            return;
        }
        byte* scratch = a.Workspace;
        float* unwanted = (float*)(scratch + GroupNorm.ScratchBytes(n, c, space));
        GroupNorm.Backward(a.Workers, x.F32, mean.F32, rstd.F32, gamma.F32, dy.F32, dx.F32,
            dgamma.IsNone ? unwanted : dgamma.F32, dbeta.IsNone ? unwanted + c : dbeta.F32, scratch, n, c, space, groups);
    }

    /// <summary>Which input the running mean is.</summary>
    private static int Statistics(in Use use) => use.Affine ? 3 : 1;

    private static void Move(double* mean, double* rstd, double* runningMean, double* runningVar, long n, long size, Use use)
    {
        for (long k = 0; k < n * use.Groups && runningMean is not null; k++)
        {
            long g = k % use.Groups;
            double keep = k < use.Groups ? 1 - use.Momentum : 1, variance = 1 / (rstd[k] * rstd[k]) - use.Eps;
            runningMean[g] = keep * runningMean[g] + use.Momentum * mean[k] / n;
            runningVar[g] = keep * runningVar[g] + use.Momentum * variance * size / (size - 1) / n;
        }
    }

    private static long Space(in Shape x) => x.Count / Math.Max(1, x[0] * x[1]);

    public override IEnumerable<OpSample> Samples =>
    [
        new("groups", OpAttributes.Of(new Use(2, 1e-5)), new SampleInput(new Shape(2, 4, 2, 3)), new SampleInput(new Shape(4)), new SampleInput(new Shape(4))),
        new("rows", OpAttributes.Of(new Use(3, 1e-5)), new SampleInput(new Shape(3, 6)), new SampleInput(new Shape(6)), new SampleInput(new Shape(6))),
        new("instances, not scaled", OpAttributes.Of(new Use(3, 1e-2, Affine: false)), new SampleInput(new Shape(2, 3, 5))),
        new("instances, tracked", OpAttributes.Of(new Use(3, 1e-5, Affine: false, Tracks: true, 0.1)), new SampleInput(new Shape(2, 3, 4)),
            new SampleInput(new Shape(3), Grad: false), new SampleInput(new Shape(3), SampleValues.Positive, Grad: false)),
        new("instances, scaled and tracked", OpAttributes.Of(new Use(2, 1e-5, Affine: true, Tracks: true, 0.2)), new SampleInput(new Shape(3, 2, 2, 3)),
            new SampleInput(new Shape(2)), new SampleInput(new Shape(2)), new SampleInput(new Shape(2), Grad: false), new SampleInput(new Shape(2), SampleValues.Positive, Grad: false)),
    ];
}

public static class GroupNormExtensions
{
    extension(Tensor x)
    {
        /// <summary>Normalised for each group of channels of each sample of (N, C, …), times a weight, plus a bias, unless both are none.</summary>
        /// <exception cref="ShapeException">The groups do not divide the channels, or weight or bias is not as long as they are many.</exception>
        public Tensor GroupNorm(long groups, Tensor weight = default, Tensor bias = default, double eps = 1e-5)
        {
            OpAttributes attributes = OpAttributes.Of(new GroupNormOp.Use(groups, eps, !weight.IsNone));
            return weight.IsNone
                ? Dispatch.Run(GroupNormOp.Instance, attributes, x)
                : Dispatch.Run(GroupNormOp.Instance, attributes, x, weight, bias);
        }

        /// <summary>
        /// Normalised for each channel of each sample of (N, C, …), times a weight plus a bias unless both are none; in training
        /// the running statistics (C) are moved by <paramref name="momentum"/> towards the samples' means.
        /// </summary>
        /// <exception cref="ShapeException">A vector is not as long as there are channels, or a sample has one value for each.</exception>
        internal Tensor InstanceNorm(Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar, double eps, double momentum)
        {
            OpAttributes attributes = OpAttributes.Of(new GroupNormOp.Use(x.Shape[1], eps, !weight.IsNone, Tracks: true, momentum));
            return weight.IsNone
                ? Dispatch.Run(GroupNormOp.Instance, attributes, x, runningMean, runningVar)
                : Dispatch.Run(GroupNormOp.Instance, attributes, x, weight, bias, runningMean, runningVar);
        }
    }
}
