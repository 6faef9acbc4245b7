using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// Turns pairs of elements of the first heads of each row by the angles of a table: x (N, W) and table (N, dim) of
/// <see cref="RotaryTableOp"/> become (N, W). dx = dy turned back; formula and source stand with <see cref="Rotary"/>.
/// </summary>
public sealed unsafe class RotaryOp : Op
{
    internal static readonly RotaryOp Instance = new();

    internal readonly record struct Use(int Heads, int HeadDim, bool Interleaved);

    public override string Name => "rotary";

    public override bool Accepts(int input, in Shape shape, in Shape strides) => input == 0 && shape.Rank == 2 && strides[1] == 1 && strides[0] >= shape[1];

    public override void Infer(ref OpShapes s)
    {
        Use use = s.Attributes<Use>();
        (TensorInfo x, TensorInfo table) = (s.Inputs[0], s.Inputs[1]);
        FloatPair.Check(Name, s.Inputs);
        bool fits = x.Shape.Rank == 2 && table.Shape.Rank == 2 && table.Shape[0] == x.Shape[0]
            && table.Shape[1] % 2 == 0 && table.Shape[1] <= use.HeadDim && (long)use.Heads * use.HeadDim <= x.Shape[1];
        if (!fits)
            throw new ShapeException($"Rotary: rows of at least {use.Heads} heads of {use.HeadDim}, and a table with a row for each and an even number of columns up to {use.HeadDim}, expected; given {x.Shape} and {table.Shape}");
        s.Output(x.DType, x.Shape);
    }

    public override void Forward(in OpArgs a) => Turn(a, a.Inputs[0], a.Outputs[0], back: false);

    public override void Backward(in OpArgs a)
    {
        if (!a.InputGrads[0].IsNone)
            Turn(a, a.OutputGrads[0], a.InputGrads[0], back: true);
    }

    private static void Turn(in OpArgs a, in TensorView x, in TensorView y, bool back)
    {
        Use use = a.Attributes<Use>();
        TensorView table = a.Inputs[1];
        (nint stride, nint width, int half) = ((nint)x.Strides[0], (nint)x.Shape[1], (int)(table.Shape[1] / 2));
        if (x.DType == DType.F64)
            Rotary.Turn(a.Workers, x.F64, stride, table.F64, y.F64, x.Shape[0], width, use.Heads, use.HeadDim, half, use.Interleaved, back);
        else
            Rotary.Turn(a.Workers, x.F32, stride, table.F32, y.F32, x.Shape[0], width, use.Heads, use.HeadDim, half, use.Interleaved, back);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("halves", OpAttributes.Of(new Use(2, 6, false)), new SampleInput(new Shape(3, 14)), new SampleInput(new Shape(3, 6), Grad: false)),
        new("interleaved, a part of each head", OpAttributes.Of(new Use(2, 5, true)), new SampleInput(new Shape(3, 10)), new SampleInput(new Shape(3, 4), Grad: false)),
        new("halves of 20", OpAttributes.Of(new Use(1, 40, false)), new SampleInput(new Shape(2, 40)), new SampleInput(new Shape(2, 40), Grad: false)),
    ];
}
