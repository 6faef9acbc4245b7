using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

public sealed unsafe partial class Tape
{
    /// <summary>The place of a gradient that the caller gave and that is read where it lies.</summary>
    private const long Borrowed = -1;

    // Of all tapes: a leaf that one tape has seen is new to the next.
    private static long s_runs;

    private long _run;

    /// <summary>
    /// Computes d(<paramref name="loss"/>)/d(leaf) for every leaf with <see cref="Tensor.RequiresGrad"/>, adding to
    /// what <see cref="Tensor.Grad"/> holds. The results of the noted operations, the loss among them, are given back
    /// on the way; read or keep them before.
    /// </summary>
    /// <param name="loss">The result of the noted operations to differentiate, a single number.</param>
    /// <param name="scale">The gradient of the loss itself.</param>
    /// <returns>The loss; 0 in a shape-only run.</returns>
    /// <exception cref="ShapeException">The loss is not a single number.</exception>
    /// <exception cref="InvalidOperationException">The loss depends on no leaf with a gradient, or a tensor that backward reads was changed in place.</exception>
    /// <exception cref="NoGradientException">An operation on the way has no gradient.</exception>
    public double Backward(Tensor loss, double scale = 1)
    {
        ref TensorRecord root = ref loss.Record;
        if (root.Shape.Count != 1)
            throw new ShapeException($"Backward: the loss must be a single number, it has the shape {root.Shape}");
        (Arena arena, bool compute) = Begin(root);
        double value = compute ? loss.Item() : 0;
        Walk(arena, ref root, compute, default, scale);
        return value;
    }

    /// <summary>
    /// The same from the gradient of any result: Σ <paramref name="gradient"/> · d(<paramref name="result"/>)/d(leaf).
    /// </summary>
    /// <param name="result">A result of the noted operations.</param>
    /// <param name="gradient">Contiguous, of its shape and type; it is read where it lies and stays as it is.</param>
    /// <exception cref="ShapeException">The shapes or types differ.</exception>
    /// <exception cref="InvalidOperationException">The result depends on no leaf with a gradient, or a tensor that backward reads was changed in place.</exception>
    /// <exception cref="NoGradientException">An operation on the way has no gradient.</exception>
    public void Backward(Tensor result, Tensor gradient)
    {
        ref TensorRecord root = ref result.Record;
        if (gradient.Shape != root.Shape || gradient.DType != root.DType || !gradient.IsContiguous)
            throw new ShapeException($"Backward: a contiguous gradient {root.DType} {root.Shape} expected, given {gradient.DType} {gradient.Shape}");
        (Arena arena, bool compute) = Begin(root);
        Walk(arena, ref root, compute, gradient, 1);
    }

    private (Arena Arena, bool Compute) Begin(in TensorRecord root)
    {
        ScopeFrame frame = ScopeFrame.Current is { } current && current.Tape == this
            ? current
            : throw new InvalidOperationException("Backward runs inside the scope that this tape records");
        if (!root.RequiresGrad || root.Node < 0)
            throw new InvalidOperationException("Backward: the loss depends on no tensor that requires a gradient");
        return (frame.Arena, frame.Mode != Mode.Shapes);
    }

    private void Walk(Arena arena, ref TensorRecord root, bool compute, Tensor gradient, double scale)
    {
        _run = Interlocked.Increment(ref s_runs);
        arena.OpenHeap();
        try
        {
            Seed(arena, ref root, gradient, scale, compute);
            for (int i = Count - 1; i >= 0; i--)
                Step(arena, ref _nodes[i], compute);
        }
        finally
        {
            arena.CloseHeap();
            Clear();
        }
    }

    private static void Seed(Arena arena, ref TensorRecord root, Tensor gradient, double scale, bool compute)
    {
        if (!gradient.IsNone)
        {
            // In a shape-only run it may lie nowhere: what is not null says that there is one.
            root.GradData = gradient.Record.Data is null ? (byte*)1 : gradient.Record.Data;
            root.GradOffset = Borrowed;
            return;
        }
        root.GradData = arena.TakeHeap(GradBytes(root), out root.GradOffset);
        if (!compute)
            return;
        if (root.DType == DType.F32)
            *(float*)root.GradData = (float)scale;
        else
            *(double*)root.GradData = scale;
    }

    private void Step(Arena arena, ref TapeNode node, bool compute)
    {
        ReadOnlySpan<TapeOperand> operands = _operands.AsSpan(node.First, node.InputCount + node.OutputCount + node.SavedCount);
        ReadOnlySpan<TapeOperand> outputs = operands.Slice(node.InputCount, node.OutputCount);
        if (node.NeedsGrad && AnyGrad(outputs))
            Differentiate(arena, ref node, operands, compute);
        foreach (ref readonly TapeOperand output in outputs)
        {
            ref TensorRecord record = ref output.Tensor.Record;
            if (record.GradData is not null && record.GradOffset != Borrowed)
                arena.ReturnHeap(record.GradOffset, GradBytes(record));
            record.GradData = null;
        }
        arena.PopTo(node.Start, "backward, which gives results back as it goes");
    }

    private static bool AnyGrad(ReadOnlySpan<TapeOperand> outputs)
    {
        foreach (ref readonly TapeOperand output in outputs)
        {
            if (output.Tensor.Record.GradData is not null)
                return true;
        }
        return false;
    }

    private void Differentiate(Arena arena, ref TapeNode node, ReadOnlySpan<TapeOperand> operands, bool compute)
    {
        Op op = node.Op;
        if (!op.HasGradient)
            throw new NoGradientException(op.Name);
        int n = node.InputCount, m = node.OutputCount;
        ReadOnlySpan<TapeOperand> inputs = operands[..n];
        Span<TensorView> ins = stackalloc TensorView[n], inGrads = stackalloc TensorView[n];
        Span<TensorView> outs = stackalloc TensorView[m], outGrads = stackalloc TensorView[m];
        Span<TensorView> saved = stackalloc TensorView[node.SavedCount];
        Span<(long Offset, long Bytes)> copies = stackalloc (long, long)[n];
        Span<Sum> sums = stackalloc Sum[n];

        for (int i = 0; i < m; i++)
        {
            ref TensorRecord record = ref operands[n + i].Tensor.Record;
            outs[i] = Dispatch.View(record);
            outGrads[i] = new TensorView(record.GradData, record.DType, record.Shape, record.Shape.Contiguous());
        }
        bool isAsked = false, adds = false;
        for (int i = 0; i < n; i++)
        {
            ins[i] = Operand(arena, op, i, inputs[i], out copies[i]);
            inGrads[i] = Target(arena, op, i, inputs[i].Tensor, ref operands[n].Tensor.Record, outGrads[0], compute, out sums[i]);
            isAsked |= sums[i].IsAsked;
            adds |= sums[i].Adds;
        }
        for (int i = 0; i < saved.Length; i++)
            saved[i] = Dispatch.View(operands[n + m + i].Tensor.Record);

        long scratchOffset = 0;
        byte* scratch = node.BackwardWorkspace == 0 || !isAsked ? null : arena.TakeHeap(node.BackwardWorkspace, out scratchOffset);
        if (compute && isAsked)
        {
            op.Backward(new OpArgs(node.Attributes, arena.Workers)
            {
                Inputs = ins,
                Outputs = outs,
                Saved = saved,
                OutputGrads = outGrads,
                InputGrads = inGrads,
                Workspace = scratch,
                IsTraining = arena.Mode != Mode.Inference,
                AddsToInputGrad = adds,
            });
        }
        if (scratch is not null)
            arena.ReturnHeap(scratchOffset, node.BackwardWorkspace);
        for (int i = 0; i < n; i++)
        {
            if (sums[i].Passes)
                AddInto(arena, inputs[i].Tensor, outGrads[0], compute);
            if (sums[i].Bytes > 0)
            {
                AddInto(arena, inputs[i].Tensor, inGrads[i], compute);
                arena.ReturnHeap(sums[i].Offset, sums[i].Bytes);
            }
            if (copies[i].Bytes > 0)
                arena.ReturnHeap(copies[i].Offset, copies[i].Bytes);
        }
    }

    private static TensorView Operand(Arena arena, Op op, int index, in TapeOperand operand, out (long, long) copy)
    {
        copy = default;
        ref TensorRecord record = ref operand.Tensor.Record;
        if (!op.BackwardReadsInputs)
            return new TensorView(null, record.DType, record.Shape, record.Strides);
        if (record.Base.At(record.BaseSlot).Version != operand.Version)
            throw new InvalidOperationException($"{op.Name}: input {index} of shape {record.Shape} was changed in place after it was used; backward needs it as it was");
        if (Tensor.IsContiguousAs(record.Shape, record.Strides) || op.Accepts(index, record.Shape, record.Strides))
            return Dispatch.View(record);
        arena.StridedCopies++;
        long bytes = record.Shape.Count * record.DType.Size();
        byte* memory = arena.TakeHeap(bytes, out long offset);
        copy = (offset, bytes);
        return Dispatch.Contiguous(arena, record, memory);
    }

    /// <summary>How the gradient of an input comes about.</summary>
    private struct Sum
    {
        /// <summary>Memory that is written and then added from.</summary>
        public long Offset, Bytes;

        /// <summary>Backward writes it, or adds to it.</summary>
        public bool IsAsked, Adds;

        /// <summary>The gradient of the result is added as it is.</summary>
        public bool Passes;
    }

    /// <summary>
    /// Where the gradient of an input is written: its own buffer at first, later one to be added from. None where the gradient of
    /// the result serves: it then changes hands, or is added.
    /// </summary>
    private TensorView Target(Arena arena, Op op, int index, Tensor input, ref TensorRecord result, in TensorView up, bool compute, out Sum sum)
    {
        sum = default;
        ref TensorRecord record = ref input.Record;
        var none = new TensorView(null, record.DType, record.Shape, default);
        if (!record.RequiresGrad)
            return none;
        sum.IsAsked = true;
        bool isPassed = op.PassesGradient(index) && !up.IsNone && record.Shape.Count == up.Count;
        Shape strides = record.Shape.Contiguous();
        bool isLeaf = record.Node < 0;
        if (isLeaf && FirstOfLeaf(ref record, compute))
            return new TensorView(record.Grad.IsNone ? null : record.Grad.Record.Data, record.DType, record.Shape, strides);
        if (!isLeaf && record.GradData is null)
        {
            if (isPassed && result.GradData is not null && result.GradOffset != Borrowed)
            {
                record.GradData = result.GradData;
                record.GradOffset = result.GradOffset;
                result.GradData = null;
                sum.IsAsked = false;
                return none;
            }
            record.GradData = arena.TakeHeap(GradBytes(record), out record.GradOffset);
            return new TensorView(record.GradData, record.DType, record.Shape, strides);
        }
        if (isPassed)
        {
            (sum.Passes, sum.IsAsked) = (true, false);
            return none;
        }
        if (op.AddsToInputGrad)
        {
            sum.Adds = true;
            return new TensorView(SumOf(record), record.DType, record.Shape, strides);
        }
        sum.Bytes = GradBytes(record);
        byte* memory = arena.TakeHeap(sum.Bytes, out sum.Offset);
        return new TensorView(memory, record.DType, record.Shape, strides);
    }

    /// <summary>Is this the first gradient for a leaf, to be written rather than added.</summary>
    private bool FirstOfLeaf(ref TensorRecord record, bool compute)
    {
        if (compute)
        {
            if (record.GradSet)
                return false;
            if (record.Grad.IsNone)
                record.Grad = Tensor.Empty(record.DType, record.Shape);
            return record.GradSet = true;
        }
        // A shape-only run neither asks for gradients nor leaves any: the leaf only notes which run saw it.
        bool first = record.GradOffset != -_run;
        record.GradOffset = -_run;
        return first;
    }

    private static void AddInto(Arena arena, Tensor input, in TensorView part, bool compute)
    {
        if (!compute)
            return;
        Accumulate.Run(arena.Workers, part.DType, SumOf(input.Record), part.Data, part.Count);
    }

    // Of a leaf in a shape-only run there is none.
    private static byte* SumOf(in TensorRecord record) => record.Node >= 0 ? record.GradData : record.Grad.IsNone ? null : record.Grad.Record.Data;

    private static long GradBytes(in TensorRecord record) => record.Shape.Count * record.DType.Size();
}
