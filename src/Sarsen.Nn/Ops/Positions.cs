using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>The position of each row of a batch (B, T, …): 0 … T - 1, B times over, (B·T) in I64.</summary>
public sealed unsafe class PositionsOp : Op
{
    internal static readonly PositionsOp Instance = new();

    public override string Name => "positions";

    public override bool HasGradient => false;

    public override bool BackwardReadsInputs => false;

    public override bool Accepts(int input, in Shape shape, in Shape strides) => true;

    public override void Infer(ref OpShapes s)
    {
        Shape x = s.Inputs[0].Shape;
        if (x.Rank < 2)
            throw new ShapeException($"Positions: a batch (B, T, …) expected, given {x}");
        s.Output(DType.I64, new Shape(x[0] * x[1]));
    }

    public override void Forward(in OpArgs a)
    {
        long* y = a.Outputs[0].I64;
        (long count, long length) = (a.Outputs[0].Count, a.Inputs[0].Shape[1]);
        for (long i = 0; i < count; i++)
            y[i] = i % length;
    }

    public override IEnumerable<OpSample> Samples => [new("a batch", default, new SampleInput(new Shape(2, 3)))];
}

public static class PositionsExtensions
{
    extension(Tensor batch)
    {
        /// <summary>The position of each row of a batch (B, T, …), (B·T) in I64.</summary>
        public Tensor Positions() => Dispatch.Run(PositionsOp.Instance, default, batch);
    }
}
