using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = (x - μ) r γ + β, μ and r over each group of channels of each sample; formulas and source stand with
/// <see cref="GroupNorm"/>. Inputs x (N, C, …) and maybe γ and β (C) each. As many groups as channels make it an instance
/// norm.
/// </summary>
public sealed unsafe class GroupNormOp : Op
{
    internal static readonly GroupNormOp Instance = new();

    internal readonly record struct Use(long Groups, double Eps);

    public override string Name => "group_norm";

    public override void Infer(ref OpShapes s)
    {
        TensorInfo x = s.Inputs[0];
        FloatPair.Check(Name, s.Inputs);
        long groups = s.Attributes<Use>().Groups, channels = x.Shape.Rank < 2 ? 0 : x.Shape[1];
        if (x.Shape.Rank < 2 || groups < 1 || channels % groups != 0)
            throw new ShapeException($"GroupNorm: {groups} groups do not divide the second dimension of {x.Shape}");
        foreach (ref readonly TensorInfo affine in s.Inputs[1..])
        {
            if (affine.Shape != new Shape(channels))
                throw new ShapeException($"GroupNorm: weight and bias must be as long as the second dimension of {x.Shape}; given {affine.Shape}");
        }
        long statistics = x.Shape[0] * groups;
        s.Output(x.DType, x.Shape);
        s.Save(x.DType, new Shape(statistics));
        s.Save(x.DType, new Shape(statistics));
        s.Workspace = 2 * statistics * x.DType.Size();
        s.BackwardWorkspace = ((2 * statistics) + (2 * channels)) * x.DType.Size();
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView gamma, TensorView beta, TensorView y) = (a.Inputs[0], Weight(a), Bias(a), a.Outputs[0]);
        (long n, long c, long space, Use use) = (x.Shape[0], x.Shape[1], Space(x.Shape), a.Attributes<Use>());
        if (x.Count == 0)
            return;
        byte* mean = a.Saved.IsEmpty ? a.Workspace : a.Saved[0].Data;
        byte* rstd = a.Saved.IsEmpty ? a.Workspace + (n * use.Groups * x.DType.Size()) : a.Saved[1].Data;
        if (x.DType == DType.F64)
        {
            NormReference.Statistics(x.F64, (double*)mean, (double*)rstd, n, c, space, use.Groups, centred: true, use.Eps);
            NormReference.Forward(x.F64, (double*)mean, (double*)rstd, gamma.F64, beta.F64, y.F64, n, c, space, use.Groups);
            return;
        }
        GroupNorm.Forward(a.Workers, x.F32, gamma.F32, beta.F32, y.F32, (float*)mean, (float*)rstd, n, c, space, use.Groups, use.Eps);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView gamma, TensorView dy, TensorView dx) = (a.Inputs[0], Weight(a), a.OutputGrads[0], a.InputGrads[0]);
        (TensorView mean, TensorView rstd) = (a.Saved[0], a.Saved[1]);
        (TensorView dgamma, TensorView dbeta) = a.Inputs.Length > 1 ? (a.InputGrads[1], a.InputGrads[2]) : default;
        (long n, long c, long space, long groups) = (x.Shape[0], x.Shape[1], Space(x.Shape), a.Attributes<Use>().Groups);
        if (x.DType == DType.F64)
        {
            NormReference.Backward(x.F64, mean.F64, rstd.F64, gamma.F64, dy.F64, dx.F64, dgamma.F64, dbeta.F64, (double*)a.Workspace, n, c, space, groups, centred: true, training: true);
            return;
        }
        float* scratch = (float*)a.Workspace, unwanted = scratch + (2 * n * groups);
        GroupNorm.Backward(a.Workers, x.F32, mean.F32, rstd.F32, gamma.F32, dy.F32, dx.F32,
            dgamma.IsNone ? unwanted : dgamma.F32, dbeta.IsNone ? unwanted + c : dbeta.F32, scratch, n, c, space, groups);
    }

    private static TensorView Weight(in OpArgs a) => a.Inputs.Length > 1 ? a.Inputs[1] : default;

    private static TensorView Bias(in OpArgs a) => a.Inputs.Length > 1 ? a.Inputs[2] : default;

    private static long Space(in Shape x) => x.Count / Math.Max(1, x[0] * x[1]);

    public override IEnumerable<OpSample> Samples =>
    [
        new("groups", OpAttributes.Of(new Use(2, 1e-5)), new SampleInput(new Shape(2, 4, 2, 3)), new SampleInput(new Shape(4)), new SampleInput(new Shape(4))),
        new("rows", OpAttributes.Of(new Use(3, 1e-5)), new SampleInput(new Shape(3, 6)), new SampleInput(new Shape(6)), new SampleInput(new Shape(6))),
        new("instances, not scaled", OpAttributes.Of(new Use(3, 1e-2)), new SampleInput(new Shape(2, 3, 5))),
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
            OpAttributes attributes = OpAttributes.Of(new GroupNormOp.Use(groups, eps));
            return weight.IsNone
                ? Dispatch.Run(GroupNormOp.Instance, attributes, x)
                : Dispatch.Run(GroupNormOp.Instance, attributes, x, weight, bias);
        }
    }
}
