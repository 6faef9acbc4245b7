using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = (x - μ) r γ + β for each channel, the second dimension; formulas and source stand with <see cref="BatchNorm"/>.
/// Inputs x (N, C, …), then γ and β where it is affine, running mean and running variance where they are tracked, (C)
/// each. In training the running ones are moved: by the momentum, or, where a last input counts the batches, towards the
/// means over all of them. Where none are tracked the statistics are always the batch's.
/// </summary>
public sealed unsafe class BatchNormOp : Op
{
    internal static readonly BatchNormOp Instance = new();

    internal readonly record struct Use(double Eps, double Momentum, bool Affine = true, bool Tracks = true, bool Counts = false);

    public override string Name => "batch_norm";

    public override bool MayOverwrite(int input) => input == 0;

    public override void Infer(ref OpShapes s)
    {
        TensorInfo x = s.Inputs[0];
        Use use = s.Attributes<Use>();
        ReadOnlySpan<TensorInfo> floats = use.Counts ? s.Inputs[..^1] : s.Inputs;
        FloatPair.Check(Name, floats);
        if (use.Counts && (s.Inputs[^1].DType != DType.I64 || s.Inputs[^1].Shape.Count != 1))
            throw new ShapeException($"BatchNorm: one I64 expected to count the batches; given {s.Inputs[^1].DType} {s.Inputs[^1].Shape}");
        if (x.Shape.Rank < 2)
            throw new ShapeException($"BatchNorm: an input of (N, C, …) expected, it has the shape {x.Shape}");
        long channels = x.Shape[1];
        foreach (ref readonly TensorInfo vector in floats[1..])
        {
            if (vector.Shape != new Shape(channels))
                throw new ShapeException($"BatchNorm: weight, bias and statistics must be as long as the second dimension of {x.Shape}; given {vector.Shape}");
        }
        if ((s.IsTraining || !use.Tracks) && x.Shape.Count / Math.Max(1, channels) < 2)
            throw new ShapeException($"BatchNorm: a batch's statistics need more than one value for each channel; the input has the shape {x.Shape}: use a larger batch, or drop the last one");
        s.Output(x.DType, x.Shape);
        s.Save(x.DType, new Shape(channels));
        s.Save(x.DType, new Shape(channels));
        s.Workspace = 2 * channels * x.DType.Size();
        s.BackwardWorkspace = 4 * channels * x.DType.Size();
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y, Use use) = (a.Inputs[0], a.Outputs[0], a.Attributes<Use>());
        (TensorView gamma, TensorView beta) = use.Affine ? (a.Inputs[1], a.Inputs[2]) : default;
        (TensorView runningMean, TensorView runningVar) = use.Tracks ? (a.Inputs[Statistics(use)], a.Inputs[Statistics(use) + 1]) : default;
        (long n, long c, long space) = Split(x.Shape);
        bool ofBatch = a.IsTraining || !use.Tracks;
        if (a.IsTraining && use.Counts)
            use = use with { Momentum = 1.0 / ++*a.Inputs[^1].I64 };
        byte* mean = a.Saved.IsEmpty ? a.Workspace : a.Saved[0].Data;
        byte* rstd = a.Saved.IsEmpty ? a.Workspace + c * x.DType.Size() : a.Saved[1].Data;
        if (x.DType == DType.F64)
        {
            if (ofBatch)
                Move(x.F64, (double*)mean, (double*)rstd, runningMean.F64, runningVar.F64, n, c, space, use);
            else
                Constants(runningMean.F64, runningVar.F64, (double*)mean, (double*)rstd, c, use.Eps);
            NormReference.Forward(x.F64, (double*)mean, (double*)rstd, gamma.F64, beta.F64, y.F64, n, c, space, 0);
            return;
        }
        if (ofBatch)
        {
            BatchNorm.ForwardOfBatch(a.Workers, x.F32, (float*)mean, (float*)rstd, runningMean.F32, runningVar.F32, gamma.F32, beta.F32, y.F32, n, c, space, use.Momentum, use.Eps);
            return;
        }
        Typed.Copy(runningMean.F32, (float*)mean, c);
        BatchNorm.RunningRstd(runningVar.F32, (float*)rstd, c, use.Eps);
        BatchNorm.Forward(a.Workers, x.F32, (float*)mean, (float*)rstd, gamma.F32, beta.F32, y.F32, n, c, space);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView dy, TensorView dx, Use use) = (a.Inputs[0], a.OutputGrads[0], a.InputGrads[0], a.Attributes<Use>());
        (TensorView gamma, TensorView dgamma, TensorView dbeta) = use.Affine ? (a.Inputs[1], a.InputGrads[1], a.InputGrads[2]) : default;
        (TensorView mean, TensorView rstd) = (a.Saved[0], a.Saved[1]);
        (long n, long c, long space) = Split(x.Shape);
        bool ofBatch = a.IsTraining || !use.Tracks;
        if (x.DType == DType.F64)
        {
            NormReference.Backward(x.F64, mean.F64, rstd.F64, gamma.F64, dy.F64, dx.F64, dgamma.F64, dbeta.F64, (double*)a.Workspace, n, c, space, 0, centred: true, ofBatch);
            return;
        }
        // The input's gradient is made from those of the parameters, wanted or not.
        float* scratch = (float*)a.Workspace;
        BatchNorm.Backward(a.Workers, x.F32, mean.F32, rstd.F32, gamma.F32, dy.F32, dx.F32,
            dgamma.IsNone ? scratch + 2 * c : dgamma.F32, dbeta.IsNone ? scratch + 3 * c : dbeta.F32, scratch, n, c, space, ofBatch);
    }

    /// <summary>Which input the running mean is.</summary>
    private static int Statistics(in Use use) => use.Affine ? 3 : 1;

    private static (long N, long C, long Space) Split(in Shape x) => (x[0], x[1], x.Count / Math.Max(1, x[0] * x[1]));

    private static void Move(double* x, double* mean, double* rstd, double* runningMean, double* runningVar, long n, long c, long space, Use use)
    {
        NormReference.Statistics(x, mean, rstd, n, c, space, 0, centred: true, use.Eps);
        double count = (double)n * space;
        for (long i = 0; i < c && runningMean is not null; i++)
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

    public override IEnumerable<OpSample> Samples =>
    [
        new("rows", OpAttributes.Of(new Use(1e-5, 0.1)), [new SampleInput(new Shape(4, 3)), .. Vectors(3, affine: true, tracks: true)]),
        new("pictures", OpAttributes.Of(new Use(1e-5, 0.1)), [new SampleInput(new Shape(2, 3, 2, 2)), .. Vectors(3, affine: true, tracks: true)]),
        new("not affine", OpAttributes.Of(new Use(1e-5, 0.1, Affine: false)), [new SampleInput(new Shape(4, 2)), .. Vectors(2, affine: false, tracks: true)]),
        new("nothing tracked", OpAttributes.Of(new Use(1e-5, 0, Tracks: false)), [new SampleInput(new Shape(3, 2, 2)), .. Vectors(2, affine: true, tracks: false)]),
        new("counting", OpAttributes.Of(new Use(1e-5, 0, Counts: true)),
            [new SampleInput(new Shape(3, 2, 2)), .. Vectors(2, affine: true, tracks: true), SampleInput.Indices(new Shape(), 5)]),
    ];

    private static IEnumerable<SampleInput> Vectors(long channels, bool affine, bool tracks)
    {
        var shape = new Shape(channels);
        return [.. affine ? [new SampleInput(shape), new(shape)] : Array.Empty<SampleInput>(),
            .. tracks ? [new SampleInput(shape, Grad: false), new(shape, SampleValues.Positive, Grad: false)] : Array.Empty<SampleInput>()];
    }
}

public static class BatchNormExtensions
{
    extension(Tensor x)
    {
        /// <summary>
        /// Normalised for each channel of (N, C, …), times a weight plus a bias unless both are none. In training the
        /// running statistics are moved by <paramref name="momentum"/>; without them those of the batch always serve.
        /// </summary>
        /// <exception cref="ShapeException">A vector is not as long as the second dimension, or the batch has one value a channel where its statistics are needed.</exception>
        public Tensor BatchNorm(Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar, double eps = 1e-5, double momentum = 0.1) =>
            Run(new BatchNormOp.Use(eps, momentum, !weight.IsNone, !runningMean.IsNone), x, weight, bias, runningMean, runningVar, default);

        /// <summary>The same, but in training the running statistics become the means over all batches.</summary>
        /// <exception cref="ShapeException">As there, or <paramref name="batches"/>, which counts them, is not one I64.</exception>
        public Tensor BatchNormOverAll(Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar, Tensor batches, double eps = 1e-5) =>
            Run(new BatchNormOp.Use(eps, 0, !weight.IsNone, Counts: true), x, weight, bias, runningMean, runningVar, batches);
    }

    private static Tensor Run(in BatchNormOp.Use use, params ReadOnlySpan<Tensor> operands)
    {
        TensorList given = default;
        int count = 0;
        foreach (Tensor operand in operands)
        {
            if (!operand.IsNone)
                given[count++] = operand;
        }
        return Dispatch.Run(BatchNormOp.Instance, OpAttributes.Of(use), ((ReadOnlySpan<Tensor>)given)[..count]);
    }
}
