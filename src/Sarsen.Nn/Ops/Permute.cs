using System.Runtime.CompilerServices;
using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y[i₀, i₁, …] = x with its dimensions in another order: dimension k of y is dimension order[k] of x. A view;
/// dx = dy permuted back.
/// </summary>
public sealed class PermuteOp : Op
{
    internal static readonly PermuteOp Instance = new();

    [InlineArray(Shape.MaxRank)]
    internal struct Order
    {
        private int _first;
    }

    public override string Name => "permute";

    public override bool BackwardReadsInputs => false;

    public override bool Accepts(int input, in Shape shape, in Shape strides) => true;

    public override void Infer(ref OpShapes s)
    {
        Order order = s.Attributes<Order>();
        TensorInfo x = s.Inputs[0];
        Span<long> sizes = stackalloc long[Shape.MaxRank], strides = stackalloc long[Shape.MaxRank];
        for (int i = 0; i < x.Shape.Rank; i++)
            (sizes[i], strides[i]) = (x.Shape[order[i]], x.Strides[order[i]]);
        s.View(new Shape(sizes[..x.Shape.Rank]), Shape.Unchecked(strides[..x.Shape.Rank]));
    }

    public override void Forward(in OpArgs a)
    {
    }

    public override unsafe void Backward(in OpArgs a)
    {
        // dx[..., d, ...] steps through dy with the stride that dimension d has in y.
        Order order = a.Attributes<Order>();
        TensorView dx = a.InputGrads[0], dy = a.OutputGrads[0];
        Span<long> strides = stackalloc long[Shape.MaxRank];
        for (int i = 0; i < dx.Shape.Rank; i++)
            strides[order[i]] = dy.Strides[i];
        Strided.Copy(a.Workers, dy.Data, dx.Shape, Shape.Unchecked(strides[..dx.Shape.Rank]), dx.DType.Size(), dx.Data);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("transpose", Attributes(1, 0), new SampleInput(new Shape(2, 3))),
        new("rotate", Attributes(2, 0, 1), new SampleInput(new Shape(2, 3, 4))),
    ];

    internal static OpAttributes Attributes(params ReadOnlySpan<int> order)
    {
        Order inline = default;
        order.CopyTo(inline);
        return OpAttributes.Of(inline);
    }
}

public static class PermuteExtensions
{
    extension(Tensor x)
    {
        /// <summary>The dimensions in another order: dimension k of the result is dimension <paramref name="order"/>[k].</summary>
        /// <exception cref="ShapeException">The order is not a permutation of the dimensions.</exception>
        public Tensor Permute(params ReadOnlySpan<int> order)
        {
            Shape shape = x.Shape;
            Span<int> dims = stackalloc int[Shape.MaxRank];
            int seen = 0;
            for (int i = 0; i < order.Length && order.Length == shape.Rank; i++)
            {
                dims[i] = shape.Dim(order[i]);
                seen |= 1 << dims[i];
            }
            if (order.Length != shape.Rank || seen != (1 << shape.Rank) - 1)
                throw new ShapeException($"Permute: ({string.Join(", ", order.ToArray())}) is not an order of the {shape.Rank} dimensions of {shape}");
            return Dispatch.Run(PermuteOp.Instance, PermuteOp.Attributes(dims[..shape.Rank]), x);
        }

        /// <summary>Two dimensions swapped.</summary>
        public Tensor Transpose(int a = -2, int b = -1)
        {
            Shape shape = x.Shape;
            Span<int> order = stackalloc int[Shape.MaxRank];
            for (int i = 0; i < shape.Rank; i++)
                order[i] = i;
            (order[shape.Dim(a)], order[shape.Dim(b)]) = (shape.Dim(b), shape.Dim(a));
            return x.Permute(order[..shape.Rank]);
        }
    }
}
