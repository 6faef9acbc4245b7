using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>Tensors one after the other along one dimension, their other sizes equal. Each dx is its part of dy.</summary>
public sealed unsafe class ConcatOp : Op
{
    internal static readonly ConcatOp Instance = new();

    internal readonly record struct Along(int Dim);

    public override string Name => "concat";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        int dim = s.Attributes<Along>().Dim;
        (Shape shape, DType type) = (s.Inputs[0].Shape, s.Inputs[0].DType);
        long size = 0;
        foreach (ref readonly TensorInfo input in s.Inputs)
        {
            if (input.DType != type || input.Shape.Rank != shape.Rank || input.Shape.With(dim, 0) != shape.With(dim, 0))
                throw new ShapeException($"Concat along dimension {dim}: {input.DType} {input.Shape} does not fit {type} {shape}");
            size += input.Shape[dim];
        }
        s.Output(type, shape.With(dim, size));
    }

    public override void Forward(in OpArgs a) => Copy(a, a.Inputs, a.Outputs[0], back: false);

    public override void Backward(in OpArgs a) => Copy(a, a.InputGrads, a.OutputGrads[0], back: true);

    private static void Copy(in OpArgs a, ReadOnlySpan<TensorView> parts, in TensorView whole, bool back)
    {
        int dim = a.Attributes<Along>().Dim, size = whole.DType.Size();
        (long outer, long inner) = (1, size);
        for (int d = 0; d < whole.Shape.Rank; d++)
        {
            outer *= d < dim ? whole.Shape[d] : 1;
            inner *= d > dim ? whole.Shape[d] : 1;
        }
        long row = whole.Shape[dim] * inner, at = 0;
        foreach (ref readonly TensorView part in parts)
        {
            long length = part.Shape[dim] * inner;
            for (long o = 0; o < outer && !part.IsNone; o++)
            {
                byte* inPart = part.Data + o * length;
                byte* inWhole = whole.Data + o * row + at;
                Buffer.MemoryCopy(back ? inWhole : inPart, back ? inPart : inWhole, length, length);
            }
            at += length;
        }
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("rows", OpAttributes.Of(new Along(0)), new SampleInput(new Shape(2, 3)), new SampleInput(new Shape(1, 3))),
        new("middle", OpAttributes.Of(new Along(1)), new SampleInput(new Shape(2, 1, 3)), new SampleInput(new Shape(2, 2, 3)), new SampleInput(new Shape(2, 0, 3))),
    ];
}

public static class ConcatExtensions
{
    extension(Tensor)
    {
        /// <summary>The tensors one after the other along <paramref name="dim"/>; at most 16.</summary>
        /// <exception cref="ShapeException">Other sizes differ.</exception>
        public static Tensor Concat(int dim, params ReadOnlySpan<Tensor> parts)
        {
            if (parts.Length is 0 or > Dispatch.MaxInputs)
                throw new ArgumentException($"Concat: 1 to {Dispatch.MaxInputs} tensors expected, {parts.Length} given");
            return Dispatch.Run(ConcatOp.Instance, OpAttributes.Of(new ConcatOp.Along(parts[0].Shape.Dim(dim))), parts);
        }
    }
}
