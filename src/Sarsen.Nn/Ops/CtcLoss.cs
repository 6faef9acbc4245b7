using System.Numerics;
using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// Connectionist temporal classification; the formula stands with <see cref="Ctc"/>. Inputs: log-probabilities (T, N, C), labels
/// (N, S), lengths of the inputs (N) and of the targets (N), all three in I64. PyTorch's ctc_loss: the mean divides each sample's loss by
/// its number of labels, and then by N. The gradient is that of the log-probabilities themselves; PyTorch's takes for granted that they
/// come out of log-softmax, behind which both are one.
/// </summary>
public sealed unsafe class CtcLossOp : Op
{
    internal static readonly CtcLossOp Instance = new();

    internal readonly record struct Use(LossReduction Reduction, long Blank, bool ZeroInfinity);

    public override string Name => "ctc_loss";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo t) = (s.Inputs[0], s.Inputs[1]);
        if (x.DType is not (DType.F32 or DType.F64) || x.Shape.Rank != 3)
            throw new ShapeException($"CtcLoss: log-probabilities (T, N, C) expected, given {x.DType} {x.Shape}");
        var lengths = new Shape(x.Shape[1]);
        if (t.DType != DType.I64 || t.Shape.Rank != 2 || t.Shape[0] != x.Shape[1]
            || s.Inputs[2].DType != DType.I64 || s.Inputs[2].Shape != lengths || s.Inputs[3].DType != DType.I64 || s.Inputs[3].Shape != lengths)
        {
            throw new ShapeException($"CtcLoss: for log-probabilities {x.Shape}, labels ({x.Shape[1]}, S) and two lengths {lengths} in I64 expected; " +
                $"given {t.DType} {t.Shape}, {s.Inputs[2].DType} {s.Inputs[2].Shape} and {s.Inputs[3].DType} {s.Inputs[3].Shape}");
        }
        s.Output(x.DType, s.Attributes<Use>().Reduction == LossReduction.None ? lengths : new Shape());
        long alpha = Ctc.AlphaCount(x.Shape[0], t.Shape[1]);
        s.Save(DType.F64, new Shape(x.Shape[1], alpha));
        s.Save(DType.F64, lengths);
        s.Workspace = (alpha * s.Workers.Count + x.Shape[1]) * sizeof(double);
        s.BackwardWorkspace = (2 * (2 * t.Shape[1] + 1) * s.Workers.Count + x.Shape[1]) * sizeof(double);
    }

    public override void Forward(in OpArgs a)
    {
        if (a.Inputs[0].DType == DType.F64)
            Forward<double>(a);
        else
            Forward<float>(a);
    }

    private static void Forward<T>(in OpArgs a) where T : unmanaged, INumber<T>
    {
        Use use = a.Attributes<Use>();
        bool kept = !a.Saved.IsEmpty;
        CtcBatch<T> of = Of<T>(a);
        double* losses = kept ? a.Saved[1].F64 : (double*)a.Workspace, alpha = kept ? a.Saved[0].F64 : losses + of.Batch;
        of.Forward(a.Workers, losses, alpha, kept);
        double sum = 0;
        for (long n = 0; n < of.Batch; n++)
        {
            double loss = use.ZeroInfinity && double.IsPositiveInfinity(losses[n]) ? 0 : losses[n];
            if (use.Reduction == LossReduction.None)
                ((T*)a.Outputs[0].Data)[n] = T.CreateTruncating(loss);
            sum += loss / Divisor(a, use, n);
        }
        if (use.Reduction != LossReduction.None)
            *(T*)a.Outputs[0].Data = T.CreateTruncating(sum);
    }

    public override void Backward(in OpArgs a)
    {
        if (a.Inputs[0].DType == DType.F64)
            Backward<double>(a);
        else
            Backward<float>(a);
    }

    private static void Backward<T>(in OpArgs a) where T : unmanaged, INumber<T>
    {
        (Use use, CtcBatch<T> of, TensorView dx) = (a.Attributes<Use>(), Of<T>(a), a.InputGrads[0]);
        T* up = (T*)a.OutputGrads[0].Data;
        double* scales = (double*)a.Workspace;
        for (long n = 0; n < of.Batch; n++)
            scales[n] = double.CreateTruncating(up[use.Reduction == LossReduction.None ? n : 0]) / Divisor(a, use, n);
        Zeros.Run(a.Workers, dx.Data, dx.Count * sizeof(T));
        of.Backward(a.Workers, a.Saved[1].F64, a.Saved[0].F64, scales, scales + of.Batch, (T*)dx.Data);
    }

    private static CtcBatch<T> Of<T>(in OpArgs a) where T : unmanaged, INumber<T>
    {
        (TensorView x, TensorView t) = (a.Inputs[0], a.Inputs[1]);
        return new CtcBatch<T>
        {
            X = (T*)x.Data,
            Steps = x.Shape[0],
            Batch = x.Shape[1],
            Classes = x.Shape[2],
            Targets = t.I64,
            Labels = t.Shape[1],
            InputLengths = a.Inputs[2].I64,
            TargetLengths = a.Inputs[3].I64,
            Blank = a.Attributes<Use>().Blank,
        };
    }

    private static double Divisor(in OpArgs a, Use use, long n) =>
        use.Reduction == LossReduction.Mean ? (double)a.Inputs[0].Shape[1] * Math.Max(1, a.Inputs[3].I64[n]) : 1;

    public override IEnumerable<OpSample> Samples =>
    [
        new("mean", OpAttributes.Of(new Use(LossReduction.Mean, 0, false)), Inputs(5, 2, 4, 2)),
        new("each sample, the blank last", OpAttributes.Of(new Use(LossReduction.None, 3, false)), Inputs(6, 2, 4, 3)),
        new("nothing to spell", OpAttributes.Of(new Use(LossReduction.Sum, 0, true)), Inputs(3, 2, 3, 0)),
    ];

    // Labels may meet the blank here, which is only another way to spell.
    private static SampleInput[] Inputs(long steps, long batch, long classes, long labels) =>
    [
        new(new Shape(steps, batch, classes), SampleValues.Negative), SampleInput.Indices(new Shape(batch, labels), classes),
        new(new Shape(batch), SampleValues.Whole, steps, DType.I64, Grad: false), new(new Shape(batch), SampleValues.Whole, labels, DType.I64, Grad: false),
    ];
}

public static class CtcLossExtensions
{
    extension(Tensor logProbabilities)
    {
        /// <summary>-ln of the probability that log-probabilities (T, N, C) spell their labels, at any speed.</summary>
        /// <param name="labels">(N, S) in I64; beyond a sample's length they do not count.</param>
        /// <param name="inputLengths">Steps of each sample, (N) in I64.</param>
        /// <param name="targetLengths">Labels of each sample, (N) in I64.</param>
        /// <param name="blank">The class that stands for no label.</param>
        /// <param name="reduction">The mean divides each loss by its number of labels.</param>
        /// <param name="zeroInfinity">Losses without any way to spell, which are infinite, count as zero.</param>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A length or a label is out of range.</exception>
        public Tensor CtcLoss(Tensor labels, Tensor inputLengths, Tensor targetLengths, long blank = 0, LossReduction reduction = LossReduction.Mean, bool zeroInfinity = false)
        {
            (labels, inputLengths, targetLengths) = (labels.Contiguous(), inputLengths.Contiguous(), targetLengths.Contiguous());
            if (logProbabilities.Rank == 3)
            {
                (long steps, long classes) = (logProbabilities.Shape[0], logProbabilities.Shape[2]);
                if (blank < 0 || blank >= classes)
                    throw new ArgumentOutOfRangeException(nameof(blank), blank, $"CtcLoss: the blank is one of the {classes} classes");
                if (ScopeFrame.Current?.Mode != Mode.Shapes && labels.Rank == 2)
                {
                    Check(inputLengths, steps + 1, "the length of an input");
                    Check(targetLengths, labels.Shape[1] + 1, "the number of labels");
                    CheckLabels(labels, targetLengths, classes, blank);
                }
            }
            return Dispatch.Run(CtcLossOp.Instance, OpAttributes.Of(new CtcLossOp.Use(reduction, blank, zeroInfinity)), logProbabilities, labels, inputLengths, targetLengths);
        }
    }

    private static void Check(Tensor lengths, long limit, string what)
    {
        if (lengths.DType != DType.I64)
            return;
        foreach (long length in lengths.AsSpan<long>())
        {
            if (length < 0 || length >= limit)
                throw new ArgumentOutOfRangeException(nameof(lengths), length, $"CtcLoss: {what} must be in 0 … {limit - 1}");
        }
    }

    private static void CheckLabels(Tensor labels, Tensor lengths, long classes, long blank)
    {
        if (labels.DType != DType.I64 || lengths.DType != DType.I64 || lengths.Count != labels.Shape[0])
            return;
        ReadOnlySpan<long> all = labels.AsSpan<long>();
        int row = (int)labels.Shape[1];
        for (int n = 0; n < lengths.Count; n++)
        {
            foreach (long label in all.Slice(n * row, (int)lengths.AsSpan<long>()[n]))
            {
                if (label < 0 || label >= classes || label == blank)
                    throw new ArgumentOutOfRangeException(nameof(labels), label, $"CtcLoss: a label must be in 0 … {classes - 1} and not the blank, {blank}; sample {n} has another");
            }
        }
    }
}
