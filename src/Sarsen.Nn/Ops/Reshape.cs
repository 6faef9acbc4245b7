using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The same elements, row-major, under another shape of equal count. A view of a contiguous tensor, a copy of a strided
/// one; backward is the copy of the gradient under the old shape.
/// </summary>
public sealed class ReshapeOp : Op
{
    internal static readonly ReshapeOp Instance = new();

    public override string Name => "reshape";

    public override bool BackwardReadsInputs => false;

    public override bool PassesGradient(int input) => true;

    public override bool Accepts(int input, in Shape shape, in Shape strides) => true;

    public override void Infer(ref OpShapes s)
    {
        Shape shape = s.Attributes<Shape>();
        TensorInfo x = s.Inputs[0];
        if (Tensor.IsContiguousAs(x.Shape, x.Strides))
            s.View(shape, shape.Contiguous());
        else
            s.Output(x.DType, shape);
    }

    public override unsafe void Forward(in OpArgs a)
    {
        TensorView x = a.Inputs[0];
        Strided.Copy(a.Workers, x.Data, x.Shape, x.Strides, x.DType.Size(), a.Outputs[0].Data);
    }

    public override unsafe void Backward(in OpArgs a)
    {
        TensorView to = a.InputGrads[0];
        Copies.Run(a.Workers, a.OutputGrads[0].Data, to.Data, to.Count * to.DType.Size());
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("rows to one", OpAttributes.Of(new Shape(6)), new SampleInput(new Shape(2, 3))),
        new("one to rows", OpAttributes.Of(new Shape(3, 1, 2)), new SampleInput(new Shape(6))),
    ];
}

public static class ReshapeExtensions
{
    extension(Tensor x)
    {
        /// <summary>The same elements under another shape; one size may be -1, which is what remains.</summary>
        /// <exception cref="ShapeException">The counts differ.</exception>
        public Tensor Reshape(params ReadOnlySpan<long> sizes)
        {
            Shape shape = Resolve(x.Shape, sizes);
            return Dispatch.Run(ReshapeOp.Instance, OpAttributes.Of(shape), x);
        }

        /// <summary>All dimensions from <paramref name="start"/> to <paramref name="end"/> as one.</summary>
        public Tensor Flatten(int start = 0, int end = -1)
        {
            Shape shape = x.Shape;
            if (shape.Rank == 0)
                return x.Reshape(1);
            (int first, int last) = (shape.Dim(start), shape.Dim(end));
            if (first > last)
                throw new ShapeException($"Flatten: dimension {start} comes after {end} in the shape {shape}");
            Span<long> sizes = stackalloc long[Shape.MaxRank];
            int rank = 0;
            for (int d = 0; d < shape.Rank; d++)
            {
                if (d > first && d <= last)
                    sizes[rank - 1] *= shape[d];
                else
                    sizes[rank++] = shape[d];
            }
            return x.Reshape(sizes[..rank]);
        }

        /// <summary>Without dimension <paramref name="dim"/>, whose size is 1.</summary>
        public Tensor Squeeze(int dim)
        {
            Shape shape = x.Shape;
            int d = shape.Dim(dim);
            if (shape[d] != 1)
                throw new ShapeException($"Squeeze: dimension {dim} of the shape {shape} is {shape[d]}, not 1");
            Span<long> sizes = stackalloc long[Shape.MaxRank];
            int rank = 0;
            for (int i = 0; i < shape.Rank; i++)
            {
                if (i != d)
                    sizes[rank++] = shape[i];
            }
            return x.Reshape(sizes[..rank]);
        }

        /// <summary>With a new dimension of size 1 before <paramref name="dim"/>; -1 puts it last.</summary>
        public Tensor Unsqueeze(int dim)
        {
            Shape shape = x.Shape;
            int at = dim < 0 ? dim + shape.Rank + 1 : dim;
            if ((uint)at > (uint)shape.Rank || shape.Rank == Shape.MaxRank)
                throw new ShapeException($"Unsqueeze: no place {dim} in the shape {shape}");
            Span<long> sizes = stackalloc long[Shape.MaxRank];
            for (int i = 0; i <= shape.Rank; i++)
                sizes[i] = i < at ? shape[i] : i == at ? 1 : shape[i - 1];
            return x.Reshape(sizes[..(shape.Rank + 1)]);
        }
    }

    private static Shape Resolve(in Shape from, ReadOnlySpan<long> sizes)
    {
        Span<long> resolved = stackalloc long[Shape.MaxRank];
        if (sizes.Length > Shape.MaxRank)
            throw new ShapeException($"Reshape: {sizes.Length} dimensions given, at most {Shape.MaxRank} are supported");
        sizes.CopyTo(resolved);
        int open = sizes.IndexOf(-1);
        if (open >= 0)
        {
            long known = 1;
            for (int i = 0; i < sizes.Length; i++)
                known *= i == open ? 1 : sizes[i];
            resolved[open] = known > 0 && from.Count % known == 0 ? from.Count / known : 0;
        }
        var shape = new Shape(resolved[..sizes.Length]);
        if (shape.Count != from.Count)
            throw new ShapeException($"Reshape: {from} has {from.Count} elements, ({string.Join(", ", sizes.ToArray())}) does not");
        return shape;
    }
}
