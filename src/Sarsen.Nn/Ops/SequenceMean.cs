using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The mean of the rows of each sequence that count, or of the first of them: x (N, C) and spans (S, 4) become (S, C). Formula and gradient stand
/// with <see cref="SequenceMean"/>.
/// </summary>
public sealed unsafe class SequenceMeanOp : Op
{
    internal static readonly SequenceMeanOp Instance = new();

    /// <param name="Most">How many rows of a sequence count at most.</param>
    internal readonly record struct Use(long Most);

    public override string Name => "sequence_mean";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo spans) = (s.Inputs[0], s.Inputs[1]);
        FloatPair.Check(Name, x);
        if (x.Shape.Rank != 2 || spans.DType != DType.I64 || spans.Shape.Rank != 2 || spans.Shape[1] != 4)
            throw new ShapeException($"SequenceMean: rows (N, C) and spans (S, 4) in I64 expected, given {x.Shape} and {spans.DType} {spans.Shape}");
        s.Output(x.DType, new Shape(spans.Shape[0], x.Shape[1]));
    }

    public override void Check(in OpArgs a) => SpanCheck.Run(a.Inputs[1], a.Inputs[0].Shape[0], a.Inputs[0].Shape[0], causal: false, long.MaxValue);

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView spans, TensorView y) = (a.Inputs[0], a.Inputs[1], a.Outputs[0]);
        if (x.DType == DType.F64)
            SequenceMean.Forward(x.F64, spans.I64, y.F64, y.Shape[0], y.Shape[1], a.Attributes<Use>().Most);
        else
            SequenceMean.Forward(a.Workers, x.F32, spans.I64, y.F32, y.Shape[0], y.Shape[1], a.Attributes<Use>().Most);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView spans, TensorView dy, TensorView dx) = (a.Inputs[1], a.OutputGrads[0], a.InputGrads[0]);
        if (dx.DType == DType.F64)
            SequenceMean.Backward(dy.F64, spans.I64, dx.F64, dy.Shape[0], dy.Shape[1], a.Attributes<Use>().Most, dx.Shape[0]);
        else
            SequenceMean.Backward(dy.F32, spans.I64, dx.F32, dy.Shape[0], dy.Shape[1], a.Attributes<Use>().Most, dx.Shape[0]);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("sequences", OpAttributes.Of(new Use(long.MaxValue)), new SampleInput(new Shape(9, 3)), SampleInput.Given(new Shape(3, 4), 0, 4, 0, 3, 4, 1, 4, 0, 5, 4, 6, 2)),
        new("first rows", OpAttributes.Of(new Use(1)), new SampleInput(new Shape(4, 3)), SampleInput.Given(new Shape(2, 4), 0, 3, 1, 2, 3, 1, 3, 0)),
        new("wide", OpAttributes.Of(new Use(long.MaxValue)), new SampleInput(new Shape(4, 37)), SampleInput.Given(new Shape(1, 4), 0, 4, 0, 4)),
    ];
}

public static class SequenceMeanExtensions
{
    extension(Tensor rows)
    {
        /// <summary>The mean of the key rows of each sequence: (N, C) to (S, C).</summary>
        /// <exception cref="ShapeException">A span leaves the rows.</exception>
        public Tensor SequenceMean(TokenSpans spans) => Run(rows, spans, long.MaxValue);

        /// <summary>The first key row of each sequence: (N, C) to (S, C).</summary>
        /// <exception cref="ShapeException">A span leaves the rows.</exception>
        public Tensor SequenceFirst(TokenSpans spans) => Run(rows, spans, 1);
    }

    private static Tensor Run(Tensor rows, in TokenSpans spans, long most) =>
        Dispatch.Run(SequenceMeanOp.Instance, OpAttributes.Of(new SequenceMeanOp.Use(most)), rows, spans.Table);
}
