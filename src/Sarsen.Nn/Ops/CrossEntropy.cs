using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// Softmax and cross-entropy in one: ℓ_n = -Σ_c b_nc ln softmax(x_n)_c over the last dimension, b the target with label
/// smoothing ε, (1 - ε) onehot + ε / C, times the class weights; PyTorch's CrossEntropyLoss. Inputs: logits (…, C); the
/// classes (…) in I64, or probabilities (…, C); maybe weights (C). The mean divides by Σ w of the classes that count.
/// </summary>
public sealed unsafe class CrossEntropyOp : Op
{
    internal static readonly CrossEntropyOp Instance = new();

    internal readonly record struct Use(LossReduction Reduction, long IgnoreIndex, double Smoothing);

    public override string Name => "cross_entropy";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo t) = (s.Inputs[0], s.Inputs[1]);
        if (x.DType is not (DType.F32 or DType.F64) || x.Shape.Rank < 1)
            throw new NotSupportedException($"CrossEntropy: logits of F32 with a last dimension of classes expected, given {x.DType} {x.Shape}");
        long classes = x.Shape[-1], rows = Rows(x.Shape);
        var leading = new Shape(x.Shape.AsSpan()[..^1]);
        bool fits = t.DType == DType.I64 ? t.Shape == leading : t.DType == x.DType && t.Shape == x.Shape;
        if (!fits)
            throw new ShapeException($"CrossEntropy: for logits {x.Shape} the target is classes {leading} in I64 or probabilities {x.Shape} in {x.DType}; given {t.DType} {t.Shape}");
        if (s.Inputs.Length > 2 && (s.Inputs[2].Shape != new Shape(classes) || s.Inputs[2].DType != x.DType))
            throw new ShapeException($"CrossEntropy: class weights must be {x.DType} ({classes}), given {s.Inputs[2].DType} {s.Inputs[2].Shape}");
        bool none = s.Attributes<Use>().Reduction == LossReduction.None;
        s.Output(x.DType, none ? leading : new Shape());
        s.Save(x.DType, new Shape(rows, 2));
        s.Workspace = 3 * rows * x.DType.Size() + Sarsen.Tensors.Kernels.Reduce.WholePartials(rows) * sizeof(double) + 64;
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView t, TensorView y) = (a.Inputs[0], a.Inputs[1], a.Outputs[0]);
        Use use = a.Attributes<Use>();
        long classes = x.Shape[-1], rows = Rows(x.Shape);
        bool none = use.Reduction == LossReduction.None;
        byte* losses = none ? y.Data : a.Workspace;
        byte* weights = a.Inputs.Length > 2 ? a.Inputs[2].Data : null;
        double divisor = Divisor(a, use, rows);
        if (x.DType == DType.F64)
        {
            CrossEntropyReference.Forward(x.F64, t.DType == DType.I64 ? t.I64 : null, t.DType == DType.F64 ? t.F64 : null, (double*)weights, (double*)losses, rows, classes, use.IgnoreIndex, use.Smoothing);
            double sum = 0;
            for (long n = 0; n < rows && !none; n++)
                sum += ((double*)losses)[n];
            if (!none)
                *y.F64 = sum / divisor;
            return;
        }
        // The saved pairs have a place even when no backward is to come.
        float* saved = a.Saved.IsEmpty ? (float*)a.Workspace + rows : a.Saved[0].F32;
        if (t.DType == DType.I64)
            CrossEntropy.Forward(a.Workers, x.F32, t.I64, (float*)weights, (float*)losses, saved, rows, classes, use.IgnoreIndex, use.Smoothing);
        else
            CrossEntropy.Forward(a.Workers, x.F32, t.F32, (float*)weights, (float*)losses, saved, rows, classes, use.Smoothing);
        if (!none)
            *y.F32 = (float)(Sarsen.Tensors.Kernels.Reduce.Whole(a.Workers, default(SumOf), (float*)losses, rows, Partials(a, rows)) / divisor);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView t, TensorView dy, TensorView dx) = (a.Inputs[0], a.Inputs[1], a.OutputGrads[0], a.InputGrads[0]);
        if (dx.IsNone)
            return;
        Use use = a.Attributes<Use>();
        long classes = x.Shape[-1], rows = Rows(x.Shape);
        bool perRow = use.Reduction == LossReduction.None;
        byte* weights = a.Inputs.Length > 2 ? a.Inputs[2].Data : null;
        double scale = 1 / Divisor(a, use, rows);
        if (x.DType == DType.F64)
            CrossEntropyReference.Backward(x.F64, t.DType == DType.I64 ? t.I64 : null, t.DType == DType.F64 ? t.F64 : null, (double*)weights, dy.F64, perRow, scale, dx.F64, rows, classes, use.IgnoreIndex, use.Smoothing);
        else if (t.DType == DType.I64)
            CrossEntropy.Backward(a.Workers, x.F32, t.I64, (float*)weights, a.Saved[0].F32, dy.F32, perRow, scale, dx.F32, rows, classes, use.IgnoreIndex, use.Smoothing);
        else
            CrossEntropy.Backward(a.Workers, x.F32, t.F32, (float*)weights, a.Saved[0].F32, dy.F32, perRow, scale, dx.F32, rows, classes, use.Smoothing);
    }

    private static double Divisor(in OpArgs a, Use use, long rows)
    {
        if (use.Reduction != LossReduction.Mean)
            return 1;
        TensorView t = a.Inputs[1];
        if (t.DType != DType.I64)
            return rows;
        return a.Inputs[0].DType == DType.F64
            ? CrossEntropy.WeightSum(t.I64, a.Inputs.Length > 2 ? a.Inputs[2].F64 : null, rows, use.IgnoreIndex)
            : CrossEntropy.WeightSum(t.I64, a.Inputs.Length > 2 ? a.Inputs[2].F32 : null, rows, use.IgnoreIndex);
    }

    private static double* Partials(in OpArgs a, long rows) => (double*)(((nint)((float*)a.Workspace + 3 * rows) + 63) & ~(nint)63);

    private static long Rows(in Shape logits) => logits.With(-1, 1).Count;

    public override IEnumerable<OpSample> Samples =>
    [
        new("mean", Attributes(), new SampleInput(new Shape(4, 5)), SampleInput.Indices(new Shape(4), 5)),
        new("sum, smoothed", Attributes(LossReduction.Sum, smoothing: 0.1), new SampleInput(new Shape(4, 5)), SampleInput.Indices(new Shape(4), 5)),
        new("each row", Attributes(LossReduction.None), new SampleInput(new Shape(4, 5)), SampleInput.Indices(new Shape(4), 5)),
        new("weights and an ignored class", Attributes(ignoreIndex: 1, smoothing: 0.2), new SampleInput(new Shape(6, 3)), SampleInput.Indices(new Shape(6), 3),
            new SampleInput(new Shape(3), SampleValues.Positive, Grad: false)),
        new("probabilities", Attributes(), new SampleInput(new Shape(3, 4)), new SampleInput(new Shape(3, 4), SampleValues.Distribution, Grad: false)),
        new("sequences", Attributes(), new SampleInput(new Shape(2, 3, 4)), SampleInput.Indices(new Shape(2, 3), 4)),
    ];

    internal static OpAttributes Attributes(LossReduction reduction = LossReduction.Mean, long ignoreIndex = -100, double smoothing = 0) =>
        OpAttributes.Of(new Use(reduction, ignoreIndex, smoothing));
}

public static class CrossEntropyExtensions
{
    extension(Tensor logits)
    {
        /// <summary>The cross-entropy of the softmax over the last dimension: give it logits, never probabilities.</summary>
        /// <param name="target">Classes (…) in I64, or probabilities (…, C).</param>
        /// <param name="weights">A weight for each class, (C); none for ones.</param>
        /// <param name="reduction">What becomes of the rows.</param>
        /// <param name="ignoreIndex">Rows of this class do not count.</param>
        /// <param name="smoothing">Label smoothing, 0 to 1.</param>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A class is not in 0 … C - 1, or the smoothing not in 0 … 1.</exception>
        public unsafe Tensor CrossEntropy(Tensor target, Tensor weights = default, LossReduction reduction = LossReduction.Mean,
            long ignoreIndex = -100, double smoothing = 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(smoothing);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(smoothing, 1);
            target = target.Contiguous();
            ref TensorRecord record = ref target.Record;
            if (record.DType == DType.I64 && ScopeFrame.Current?.Mode != Mode.Shapes)
                ClassRange.Check("CrossEntropy", (long*)record.Data, record.Shape.Count, logits.Shape[-1], ignoreIndex);
            OpAttributes attributes = CrossEntropyOp.Attributes(reduction, ignoreIndex, smoothing);
            return weights.IsNone
                ? Dispatch.Run(CrossEntropyOp.Instance, attributes, logits, target)
                : Dispatch.Run(CrossEntropyOp.Instance, attributes, logits, target, weights);
        }
    }
}
