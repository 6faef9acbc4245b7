using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Autograd;

/// <summary>
/// A module whose inner results are not kept: forward notes the module as one operation, backward computes it again on a tape of
/// its own and goes back through that. Random draws are named by step and sample, and buffers are put back as they were, so the bits are
/// those of a module that keeps everything (Chen et al., «Training deep nets with sublinear memory cost», 2016).
/// </summary>
/// <param name="module">The module.</param>
/// <param name="forward">Its forward.</param>
internal sealed unsafe class RecomputeOp(Module module, Func<Tensor, Tensor> forward) : Op
{
    private readonly Parameter[] _parameters = [.. module.Parameters()];
    private readonly Tensor[] _buffers = [.. module.State().Where(s => s.Parameter is null).Select(s => s.Value)];
    private readonly TensorOwner _owner = new("a module that is computed again");
    private Tensor[]? _kept;

    /// <summary>The parameters' count of writes: backward must find the weights that forward used.</summary>
    private readonly record struct Use(long Writes);

    public override string Name => "checkpoint";

    /// <summary>Computes the module's result and keeps nothing else.</summary>
    public Tensor Run(ScopeFrame frame, Tape tape, Tensor x)
    {
        Arena arena = frame.Arena;
        ArenaMark start = arena.Mark;
        Tensor result;
        using (Tape.Pause())
            result = arena.PopToKeeping(start, forward(x));
        // A module that gives back what it was given, or something from before, has nothing to compute again.
        if (result.Table.Arena != arena || result.Slot < start.Slots)
            return forward(x);
        bool needsGrad = result.DType is DType.F32 or DType.F64 && (x.RequiresGrad || AnyTrained());
        result.Record.RequiresGrad = needsGrad;
        tape.Record(this, OpAttributes.Of(new Use(Writes())), [x], [result], [], start, needsGrad, 0);
        if (needsGrad && frame.Mode == Mode.Shapes)
            Measure(frame, tape, x);
        return result;
    }

    public override void Infer(ref OpShapes s) => throw new InvalidOperationException("a checkpoint is noted by its module, not dispatched");

    public override void Forward(in OpArgs a) => throw new InvalidOperationException("a checkpoint is noted by its module, not dispatched");

    public override void Backward(in OpArgs a)
    {
        if (a.Attributes<Use>().Writes != Writes())
            throw new InvalidOperationException($"checkpoint: weights of '{module.Path}' were changed in place after its call; backward computes it again and needs them as they were");
        ScopeFrame outer = ScopeFrame.Current!;
        (Arena arena, Tape tape) = ((Tape)outer.Tape!).Recompute(outer.Arena);
        (TensorView x, TensorView dy, TensorView dx) = (a.Inputs[0], a.OutputGrads[0], a.InputGrads[0]);
        KeepBuffers();
        using Scope scope = arena.Begin(outer.Mode, tape, outer.Rng, outer.Name, outer.Stop);
        Tensor leaf = arena.Wrap(x.Data, x.DType, x.Shape);
        if (!dx.IsNone)
        {
            leaf.WithGrad();
            leaf.Record.Grad = arena.Wrap(dx.Data, dx.DType, dx.Shape);
        }
        Tensor up = arena.Wrap(dy.Data, dy.DType, dy.Shape);
        tape.Backward(forward(leaf), up);
        if (!dx.IsNone && !leaf.Record.GradSet)
            Zeros.Run(a.Workers, dx.Data, dx.Count * dx.DType.Size());
        RestoreBuffers();
    }

    // The memory that backward will take, in a shape-only run.
    private void Measure(ScopeFrame outer, Tape tape, Tensor x)
    {
        (Arena arena, Tape again) = tape.Recompute(outer.Arena);
        using Scope scope = arena.Begin(Mode.Shapes, again, outer.Rng);
        Tensor leaf = arena.Wrap(null, x.DType, x.Shape);
        if (x.RequiresGrad)
            leaf.WithGrad();
        Tensor result = forward(leaf);
        again.Backward(result, arena.Wrap(null, result.DType, result.Shape));
    }

    private bool AnyTrained()
    {
        foreach (Parameter parameter in _parameters)
        {
            if (parameter.RequiresGrad)
                return true;
        }
        return false;
    }

    private long Writes()
    {
        long writes = 0;
        foreach (Parameter parameter in _parameters)
        {
            ref TensorRecord record = ref parameter.Value.Record;
            writes += record.Base.At(record.BaseSlot).Version;
        }
        return writes;
    }

    private void KeepBuffers()
    {
        if (_kept is null)
        {
            _kept = new Tensor[_buffers.Length];
            for (int i = 0; i < _kept.Length; i++)
                _kept[i] = _owner.New(_buffers[i].DType, _buffers[i].Shape);
        }
        for (int i = 0; i < _kept.Length; i++)
            _buffers[i].Bytes.CopyTo(_kept[i].Bytes);
    }

    private void RestoreBuffers()
    {
        for (int i = 0; i < _buffers.Length; i++)
            _kept![i].Bytes.CopyTo(_buffers[i].Bytes);
    }
}
