using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>
/// Sequences backwards: x (T, N, …), y[t, n] = x[L_n - 1 - t, n] for t below the length L_n (N, in I64; T where none are given), 0 from there on.
/// dx is the same of dy.
/// </summary>
public sealed unsafe class FlipOp : Op
{
    internal static readonly FlipOp Instance = new();

    public override string Name => "flip";

    public override void Infer(ref OpShapes s)
    {
        TensorInfo x = s.Inputs[0];
        if (x.Shape.Rank < 2)
            throw new ShapeException($"Flip: sequences (T, N, …) expected, given {x.Shape}");
        if (s.Inputs.Length > 1 && (s.Inputs[1].DType != DType.I64 || s.Inputs[1].Shape != new Shape(x.Shape[1])))
            throw new ShapeException($"Flip: lengths ({x.Shape[1]}) in I64 expected, given {s.Inputs[1].DType} {s.Inputs[1].Shape}");
        s.Output(x.DType, x.Shape);
    }

    public override void Check(in OpArgs a)
    {
        if (a.Inputs.Length > 1)
            IndexRange.Check(Name, a.Inputs[1], a.Inputs[0].Shape[0] + 1);
    }

    public override void Forward(in OpArgs a) => Run(a, a.Inputs[0], a.Outputs[0]);

    public override void Backward(in OpArgs a) => Run(a, a.OutputGrads[0], a.InputGrads[0]);

    private static void Run(in OpArgs a, in TensorView from, in TensorView to)
    {
        (long steps, long batch) = (from.Shape[0], from.Shape[1]);
        long run = from.Count == 0 ? 0 : from.Count / (steps * batch) * from.DType.Size();
        for (long t = 0; t < steps; t++)
        {
            for (long n = 0; n < batch; n++)
            {
                long length = a.Inputs.Length > 1 ? a.Inputs[1].I64[n] : steps;
                byte* at = to.Data + (t * batch + n) * run;
                if (t < length)
                    Buffer.MemoryCopy(from.Data + ((length - 1 - t) * batch + n) * run, at, run, run);
                else
                    new Span<byte>(at, (int)run).Clear();
            }
        }
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("all steps", default, new SampleInput(new Shape(4, 2, 3))),
        new("by lengths", default, new SampleInput(new Shape(4, 3, 2)), SampleInput.Indices(new Shape(3), 5)),
    ];
}

public static class FlipExtensions
{
    extension(Tensor x)
    {
        /// <summary>Sequences (T, N, …) backwards, each up to its length; zeros beyond.</summary>
        /// <param name="lengths">(N) in I64, each 0 … T; none for T.</param>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A length is out of range.</exception>
        public Tensor Flip(Tensor lengths = default)
        {
            if (lengths.IsNone)
                return Dispatch.Run(FlipOp.Instance, default, x);
            lengths = lengths.Contiguous();
            return Dispatch.Run(FlipOp.Instance, default, x, lengths);
        }
    }
}
