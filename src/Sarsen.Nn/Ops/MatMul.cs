using System.Runtime.InteropServices;
using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// C = A · B over the last two dimensions, those before them broadcast: A (…, M, K), B (…, K, N), C (…, M, N).
/// dA = dC · Bᵀ and dB = Aᵀ · dC, summed over what was broadcast. A transposed view is read where it lies.
/// </summary>
public sealed unsafe class MatMulOp : Op
{
    internal static readonly MatMulOp Instance = new();

    public override string Name => "matmul";

    public override bool Accepts(int input, in Shape shape, in Shape strides)
    {
        // One unit stride in the matrix, and rows that do not overlap: the packing reads either way round.
        long rows = shape[-2], columns = shape[-1];
        return (strides[-1] == 1 && strides[-2] >= columns) || (strides[-2] == 1 && strides[-1] >= rows);
    }

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo a, TensorInfo b) = (s.Inputs[0], s.Inputs[1]);
        if (a.Shape.Rank < 2 || b.Shape.Rank < 2)
            throw new ShapeException($"MatMul: two dimensions or more expected: a is {a.Shape}, b is {b.Shape}");
        if (a.Shape[-1] != b.Shape[-2])
            throw new ShapeException($"MatMul: inner dimensions differ: a is {a.Shape}, b is {b.Shape}");
        FloatPair.Check("MatMul", a, b);
        Shape batch = StridedPlan.BroadcastShape(Batch(a.Shape), Batch(b.Shape));
        Span<long> sizes = stackalloc long[Shape.MaxRank];
        batch.AsSpan().CopyTo(sizes);
        (sizes[batch.Rank], sizes[batch.Rank + 1]) = (a.Shape[-2], b.Shape[-1]);
        var result = new Shape(sizes[..(batch.Rank + 2)]);
        s.Output(a.DType, result);
        (nint m, nint n, nint k) = ((nint)a.Shape[-2], (nint)b.Shape[-1], (nint)a.Shape[-1]);
        s.Workspace = MatMul.WorkspaceBytes(m, n, k, s.Workers);
        s.BackwardWorkspace = Math.Max(MatMul.WorkspaceBytes(m, k, n, s.Workers), MatMul.WorkspaceBytes(k, n, m, s.Workers));
    }

    public override void Forward(in OpArgs a) =>
        Multiply(a, Operand.Of(a.Inputs[0]), Operand.Of(a.Inputs[1]), Operand.Of(a.Outputs[0]));

    public override void Backward(in OpArgs a)
    {
        Operand x = Operand.Of(a.Inputs[0]), y = Operand.Of(a.Inputs[1]), dc = Operand.Of(a.OutputGrads[0]);
        if (!a.InputGrads[0].IsNone)
            Multiply(a, dc, y.Transposed(), Operand.Of(a.InputGrads[0]));
        if (!a.InputGrads[1].IsNone)
            Multiply(a, x.Transposed(), dc, Operand.Of(a.InputGrads[1]));
    }

    /// <summary>c = Σ over what c does not have of x · y, products in ascending order.</summary>
    private static void Multiply(in OpArgs a, Operand x, Operand y, Operand c)
    {
        Shape batch = StridedPlan.BroadcastShape(StridedPlan.BroadcastShape(x.Batch, y.Batch), c.Batch);
        var plan = new StridedPlan(batch, x.BatchStrides(batch), y.BatchStrides(batch), c.BatchStrides(batch));
        bool sums = c.Batch.Count < batch.Count;
        if (sums)
            Clear(c);
        if (plan.Count == plan.Row && !sums)
        {
            Run(a, x, y, c, 0, 0, 0, plan.Row, plan.RowStride(0), plan.RowStride(1), plan.RowStride(2), accumulate: false);
            return;
        }
        StridedCursor at = plan.Seek(0);
        for (long i = 0; i < plan.Count; i++, at.Advance(1))
            Run(a, x, y, c, at.Offset0, at.Offset1, at.Offset2, 1, 0, 0, 0, sums);
    }

    private static void Run(in OpArgs a, Operand x, Operand y, Operand c, long offsetX, long offsetY, long offsetC,
        long batch, long strideX, long strideY, long strideC, bool accumulate)
    {
        if (x.View.DType == DType.F64)
        {
            MatMul.Reference(Args(x.View.F64 + offsetX, y.View.F64 + offsetY, c.View.F64 + offsetC, x, y, c, batch, strideX, strideY, strideC, accumulate));
            return;
        }
        MatMulArgs<float> args = Args(x.View.F32 + offsetX, y.View.F32 + offsetY, c.View.F32 + offsetC, x, y, c, batch, strideX, strideY, strideC, accumulate);
        MatMul.Run(args, a.Workers, a.Workspace);
    }

    private static MatMulArgs<T> Args<T>(T* x, T* y, T* c, in Operand xs, in Operand ys, in Operand cs,
        long batch, long strideX, long strideY, long strideC, bool accumulate) where T : unmanaged =>
        new(x, y, c, (nint)xs.Rows, (nint)ys.Columns, (nint)xs.Columns, xs.IsTransposed, ys.IsTransposed)
        {
            Lda = (nint)xs.Leading,
            Ldb = (nint)ys.Leading,
            Ldc = (nint)cs.Leading,
            Batch = (nint)batch,
            BatchStrideA = (nint)strideX,
            BatchStrideB = (nint)strideY,
            BatchStrideC = (nint)strideC,
            Accumulate = accumulate,
        };

    private static void Clear(in Operand c) =>
        NativeMemory.Clear(c.View.Data, (nuint)(c.View.Count * c.View.DType.Size()));

    private static Shape Batch(in Shape shape) => new(shape.AsSpan()[..^2]);

    /// <summary>A stack of matrices, each as it lies in memory.</summary>
    private readonly record struct Operand(TensorView View, long Rows, long Columns, long Leading, bool IsTransposed)
    {
        public static Operand Of(in TensorView view)
        {
            long rows = view.Shape[-2], columns = view.Shape[-1];
            // A single row or column has no second step of its own: any that keeps rows apart will do.
            return view.Strides[-1] == 1 || columns == 1
                ? new Operand(view, rows, columns, rows == 1 ? columns : view.Strides[-2], false)
                : new Operand(view, rows, columns, view.Strides[-1], true);
        }

        public Operand Transposed() => this with { Rows = Columns, Columns = Rows, IsTransposed = !IsTransposed };

        public Shape Batch => new(View.Shape.AsSpan()[..^2]);

        public Shape BatchStrides(in Shape batch) =>
            StridedPlan.Broadcast(Batch, Shape.Unchecked(View.Strides.AsSpan()[..^2]), batch);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("matrices", default, new SampleInput(new Shape(3, 4)), new SampleInput(new Shape(4, 2))),
        new("one batch", default, new SampleInput(new Shape(2, 3, 4)), new SampleInput(new Shape(2, 4, 2))),
        new("shared right side", default, new SampleInput(new Shape(2, 3, 4)), new SampleInput(new Shape(4, 2))),
        new("both broadcast", default, new SampleInput(new Shape(2, 1, 3, 4)), new SampleInput(new Shape(3, 4, 1))),
        new("a row by a column", default, new SampleInput(new Shape(1, 5)), new SampleInput(new Shape(5, 1))),
    ];
}

public static class MatMulExtensions
{
    extension(Tensor a)
    {
        /// <summary>
        /// The matrix product over the last two dimensions, those before them broadcast. As in PyTorch a vector stands
        /// for a row on the left and for a column on the right, and that dimension is gone from the result.
        /// </summary>
        /// <exception cref="ShapeException">Inner dimensions differ, or the others cannot be broadcast.</exception>
        public Tensor MatMul(Tensor b)
        {
            bool row = a.Rank == 1, column = b.Rank == 1;
            Tensor c = Dispatch.Run(MatMulOp.Instance, default, row ? a.Unsqueeze(0) : a, column ? b.Unsqueeze(1) : b);
            c = row ? c.Squeeze(-2) : c;
            return column ? c.Squeeze(-1) : c;
        }
    }
}
