using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = x[..., start : start + step·length : step, ...] in one dimension. A view; dx = 0 but for the part, where it is dy.
/// </summary>
public sealed class SliceOp : Op
{
    internal static readonly SliceOp Instance = new();

    internal readonly record struct Range(int Dim, long Start, long Length, long Step);

    public override string Name => "slice";

    public override bool BackwardReadsInputs => false;

    public override bool Accepts(int input, in Shape shape, in Shape strides) => true;

    public override void Infer(ref OpShapes s)
    {
        Range range = s.Attributes<Range>();
        TensorInfo x = s.Inputs[0];
        Span<long> strides = stackalloc long[Shape.MaxRank];
        x.Strides.AsSpan().CopyTo(strides);
        strides[range.Dim] *= range.Step;
        s.View(x.Shape.With(range.Dim, range.Length), Shape.Unchecked(strides[..x.Shape.Rank]), range.Start * x.Strides[range.Dim]);
    }

    public override void Forward(in OpArgs a)
    {
    }

    public override unsafe void Backward(in OpArgs a)
    {
        Range range = a.Attributes<Range>();
        TensorView dx = a.InputGrads[0], dy = a.OutputGrads[0];
        int size = dx.DType.Size();
        if (dx.Count == dy.Count)
        {
            Copies.Run(a.Workers, dy.Data, dx.Data, dx.Count * size);
            return;
        }
        Zeros.Run(a.Workers, dx.Data, dx.Count * size);
        long inner = 1;
        for (int d = range.Dim + 1; d < dx.Shape.Rank; d++)
            inner *= dx.Shape[d];
        long row = inner * size, full = dx.Shape[range.Dim], outer = full == 0 ? 0 : dx.Count / (full * inner);
        byte* from = dy.Data;
        for (long o = 0; o < outer; o++)
        {
            for (long i = 0; i < range.Length; i++)
            {
                byte* to = dx.Data + (o * full + range.Start + i * range.Step) * row;
                Buffer.MemoryCopy(from, to, row, row);
                from += row;
            }
        }
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("rows", OpAttributes.Of(new Range(0, 1, 2, 1)), new SampleInput(new Shape(4, 3))),
        new("every other column", OpAttributes.Of(new Range(1, 1, 2, 2)), new SampleInput(new Shape(2, 5))),
    ];
}

public static class SliceExtensions
{
    extension(Tensor x)
    {
        /// <summary>Positions <paramref name="start"/> up to but not with <paramref name="end"/> of one dimension; negative ones count from its end.</summary>
        /// <exception cref="ShapeException">The range is not within the dimension.</exception>
        public Tensor Slice(int dim, long start, long end = long.MaxValue, long step = 1)
        {
            Shape shape = x.Shape;
            int d = shape.Dim(dim);
            long size = shape[d];
            long from = start < 0 ? start + size : start;
            long to = end == long.MaxValue ? size : end < 0 ? end + size : end;
            if (from < 0 || to > size || from > to || step < 1)
                throw new ShapeException($"Slice: {start}:{(end == long.MaxValue ? "" : end)}:{step} is not within dimension {dim} of {shape}");
            return Dispatch.Run(SliceOp.Instance, OpAttributes.Of(new SliceOp.Range(d, from, (to - from + step - 1) / step, step)), x);
        }

        /// <summary>Position <paramref name="index"/> of a dimension, which is gone from the result.</summary>
        public Tensor Select(int dim, long index)
        {
            long at = index < 0 ? index + x.Shape[dim] : index;
            return x.Slice(dim, at, at + 1).Squeeze(dim);
        }
    }
}
