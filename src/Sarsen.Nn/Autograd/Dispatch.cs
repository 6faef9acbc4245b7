using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

/// <summary>
/// Runs one operation: infer, reserve, compute, record. Inside a scope results go to its arena and the tape notes
/// the operation; outside any scope results belong to the GC and nothing is recorded.
/// </summary>
internal static unsafe class Dispatch
{
    public const int MaxInputs = 16;

    /// <summary>Scratch memory of operations outside any scope.</summary>
    [ThreadStatic]
    private static Arena? s_outside;

    /// <summary>Is there an open scope that trains, which one whose tape notes a prediction does not.</summary>
    public static bool IsTraining => ScopeFrame.Current is { } frame && frame.Mode != Mode.Inference && frame.Tape is not Tape { IsInference: true };

    public static Tensor Run(Op op, in OpAttributes attributes, params ReadOnlySpan<Tensor> inputs)
    {
        Tensor result = default;
        Run(op, attributes, inputs, new Span<Tensor>(ref result));
        return result;
    }

    public static void Run(Op op, in OpAttributes attributes, ReadOnlySpan<Tensor> inputs, Span<Tensor> results)
    {
        if (ScopeFrame.Current is { } frame)
        {
            RunInside(frame, op, attributes, inputs, results);
            return;
        }
        s_outside ??= new Arena();
        using Scope scope = s_outside.Begin(Mode.Inference);
        RunInside(ScopeFrame.Current!, op, attributes, inputs, results);
        foreach (ref Tensor result in results)
            result = result.IsNone ? result : result.ToGc();
    }

    private static void RunInside(ScopeFrame frame, Op op, in OpAttributes attributes, ReadOnlySpan<Tensor> inputs, Span<Tensor> results)
    {
        frame.Stop.ThrowIfCancellationRequested();
        Arena arena = frame.Arena;
        var tape = (Tape?)frame.Tape;

        Span<TensorInfo> infos = stackalloc TensorInfo[inputs.Length];
        bool needsGrad = Describe(inputs, infos) && tape is { IsInference: false };
        var shapes = new OpShapes(infos, attributes, IsTraining, arena.Workers);
        op.Infer(ref shapes);

        ArenaMark start = arena.Mark;
        results = results[..shapes.OutputCount];
        for (int i = 0; i < results.Length; i++)
        {
            ref TensorInfo info = ref shapes.Outputs[i];
            results[i] = shapes.IsView
                ? arena.View(inputs[0], info.Shape, info.Strides, shapes.ViewOffset)
                : arena.New(info.DType, info.Shape);
            results[i].Record.RequiresGrad = needsGrad && info.DType is DType.F32 or DType.F64;
        }
        TensorList saves = default;
        Span<Tensor> saved = ((Span<Tensor>)saves)[..(needsGrad ? shapes.SavedCount : 0)];
        for (int i = 0; i < saved.Length; i++)
            saved[i] = arena.New(shapes.Saves[i].DType, shapes.Saves[i].Shape);

        if (!shapes.IsView)
            Compute(frame, op, attributes, inputs, results, saved, shapes.Workspace + (needsGrad ? 0 : shapes.UnsavedWorkspace));
        tape?.Record(op, attributes, inputs, results, saved, start, needsGrad, shapes.BackwardWorkspace);
    }

    private static void Compute(ScopeFrame frame, Op op, in OpAttributes attributes, ReadOnlySpan<Tensor> inputs,
        ReadOnlySpan<Tensor> results, ReadOnlySpan<Tensor> saved, long workspace)
    {
        Arena arena = frame.Arena;
        ArenaMark work = arena.Mark;
        Span<TensorView> ins = stackalloc TensorView[inputs.Length];
        Span<TensorView> outs = stackalloc TensorView[results.Length];
        Span<TensorView> saves = stackalloc TensorView[saved.Length];
        for (int i = 0; i < inputs.Length; i++)
            ins[i] = Operand(arena, op, i, inputs[i]);
        Views(results, outs);
        Views(saved, saves);
        byte* scratch = workspace == 0 ? null : arena.Push(workspace, out _);
        if (frame.Mode != Mode.Shapes)
        {
            var args = new OpArgs(attributes, arena.Workers)
            {
                Inputs = ins,
                Outputs = outs,
                Saved = saves,
                Workspace = scratch,
                Rng = frame.Rng,
                IsTraining = frame.Mode == Mode.Training,
            };
            op.Check(args);
            op.Forward(args);
        }
        arena.PopTo(work, "the end of its operation");
    }

    private static bool Describe(ReadOnlySpan<Tensor> inputs, Span<TensorInfo> infos)
    {
        bool needsGrad = false;
        for (int i = 0; i < inputs.Length; i++)
        {
            ref TensorRecord record = ref inputs[i].Record;
            infos[i] = new TensorInfo(record.DType, record.Shape, record.Strides);
            needsGrad |= record.RequiresGrad;
        }
        return needsGrad;
    }

    private static TensorView Operand(Arena arena, Op op, int index, Tensor input)
    {
        ref TensorRecord record = ref input.Record;
        if (Tensor.IsContiguousAs(record.Shape, record.Strides) || op.Accepts(index, record.Shape, record.Strides))
            return View(record);
        arena.StridedCopies++;
        byte* copy = arena.Push(record.Shape.Count * record.DType.Size(), out _);
        return Contiguous(arena, record, copy);
    }

    /// <summary>The elements of a strided tensor, copied to <paramref name="copy"/>.</summary>
    internal static TensorView Contiguous(Arena arena, in TensorRecord record, byte* copy)
    {
        if (arena.Mode != Mode.Shapes)
            Strided.Copy(arena.Workers, record.Data, record.Shape, record.Strides, record.DType.Size(), copy);
        return new TensorView(copy, record.DType, record.Shape, record.Shape.Contiguous());
    }

    internal static TensorView View(in TensorRecord record) => new(record.Data, record.DType, record.Shape, record.Strides);

    internal static void Views(ReadOnlySpan<Tensor> tensors, Span<TensorView> views)
    {
        for (int i = 0; i < tensors.Length; i++)
            views[i] = View(tensors[i].Record);
    }
}
