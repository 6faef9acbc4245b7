using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>
/// A part of a network: parameters, buffers, inner modules, and how a result follows from an input. It holds nothing
/// of a call: whether it trains, its randomness and its memory come from the open scope, so one instance serves all
/// requests at once.
/// </summary>
public abstract partial class Module
{
    private readonly List<Parameter> _parameters = [];
    private readonly List<(string Name, Tensor Value)> _buffers = [];
    private readonly List<(string Name, Module Module)> _children = [];
    private string _path = "";
    private RecomputeOp? _recompute;

    protected Module(DType type = DType.F32)
    {
        if (type is not (DType.F32 or DType.F64))
            throw new NotSupportedException($"modules compute in F32, or in F64 for gradient checks; {type} was given");
        DType = type;
        Owner = new TensorOwner(GetType().Name);
    }

    /// <summary>The type of the parameters.</summary>
    public DType DType { get; }

    /// <summary>Who holds the parameters of this module itself.</summary>
    public TensorOwner Owner { get; }

    /// <summary>The path from the root, as parameters are named: <c>features.0</c>. Empty for the root.</summary>
    public string Path => _path;

    public IReadOnlyList<(string Name, Module Module)> Children => _children;

    /// <summary>The module's own kind of layer, for shape tables.</summary>
    public virtual string Kind => GetType().Name;

    /// <summary>
    /// Keep nothing of a training call but its result, and compute the rest again when backward needs it: less memory for about a
    /// third more time, and the same bits. It pays for stretches of layers, not for a single one.
    /// </summary>
    public bool Checkpoint { get; set; }

    /// <summary>
    /// Computes the result. Without a tape all else that the call made is released at its end.
    /// </summary>
    public Tensor Call(Tensor x)
    {
        ModuleCall call = BeginCall();
        return EndCall(call, Hooked(x, Compute(x)));
    }

    private Tensor Compute(Tensor x)
    {
        ScopeFrame? frame = ScopeFrame.Current;
        return Checkpoint && frame is { Tape: Tape { Checkpoints: true, IsInference: false } tape } && frame.Mode != Mode.Inference
            ? (_recompute ??= new RecomputeOp(this, Forward)).Run(frame, tape, x)
            : Forward(x);
    }

    /// <summary>Opens a call that takes more than one tensor: what <see cref="Call"/> does before Forward.</summary>
    protected ModuleCall BeginCall()
    {
        ScopeFrame? frame = ScopeFrame.Current;
        if (frame?.Tape is Tape tape)
        {
            var call = new ModuleCall { Outer = tape.CurrentModule };
            tape.CurrentModule = this;
            return call;
        }
        return new ModuleCall { Mark = frame?.Arena.Mark ?? default };
    }

    /// <summary>Ends it. Without a tape all but <paramref name="result"/> that was made since is released.</summary>
    protected Tensor EndCall(ModuleCall call, Tensor result)
    {
        ScopeFrame? frame = ScopeFrame.Current;
        if (frame is null)
            return result;
        if (frame.Tape is not Tape tape)
            return frame.Arena.PopToKeeping(call.Mark, result);
        tape.CurrentModule = call.Outer;
        tape.NoteCall(this, result);
        return result;
    }

    protected abstract Tensor Forward(Tensor x);

    /// <summary>A parameter of this module. <paramref name="name"/> is PyTorch's.</summary>
    protected Parameter AddParameter(string name, in Shape shape, Initializer initializer)
    {
        var parameter = new Parameter(name, Owner, DType, shape, initializer);
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>State that is saved but not trained, filled with <paramref name="fill"/>.</summary>
    protected Tensor AddBuffer(string name, in Shape shape, double fill = 0)
    {
        Tensor buffer = Owner.New(DType, shape);
        if (DType == DType.F32)
            buffer.AsSpan<float>().Fill((float)fill);
        else
            buffer.AsSpan<double>().Fill(fill);
        _buffers.Add((name, buffer));
        return buffer;
    }

    /// <summary>A count that is saved but not trained, one I64 that starts at zero.</summary>
    protected Tensor AddCounter(string name)
    {
        Tensor counter = Owner.New(DType.I64, new Shape());
        _buffers.Add((name, counter));
        return counter;
    }

    protected T AddChild<T>(string name, T module) where T : Module
    {
        _children.Add((name, module));
        module.SetPath(Join(_path, name));
        return module;
    }

    /// <summary>All parameters and buffers, own before inner ones, in the order of their making.</summary>
    public IEnumerable<ModuleState> State()
    {
        foreach (Parameter parameter in _parameters)
            yield return new ModuleState(Join(_path, parameter.Name), default, parameter);
        foreach ((string name, Tensor value) in _buffers)
            yield return new ModuleState(Join(_path, name), value, null);
        foreach ((_, Module child) in _children)
        {
            foreach (ModuleState state in child.State())
                yield return state;
        }
    }

    /// <summary>All parameters, in the order of <see cref="State"/>.</summary>
    public IEnumerable<Parameter> Parameters() => State().Where(s => s.Parameter is not null).Select(s => s.Parameter!);

    /// <summary>This module and all within it, outer before inner.</summary>
    public IEnumerable<Module> Modules()
    {
        yield return this;
        foreach ((_, Module child) in _children)
        {
            foreach (Module module in child.Modules())
                yield return module;
        }
    }

    /// <summary>
    /// Fills every parameter by its <see cref="Initializer"/>. What a parameter gets depends on the seed and its path
    /// alone, not on the order of calls or on other parameters.
    /// </summary>
    public void Initialize(ulong seed)
    {
        foreach (ModuleState state in State())
            state.Parameter?.Initializer.Fill(state.Value, seed, state.Name);
    }

    /// <summary>Forgets the gradients, so that the next backward writes them anew. Allocates nothing.</summary>
    public void ZeroGrad()
    {
        foreach (Parameter parameter in _parameters)
            parameter.ZeroGrad();
        foreach ((_, Module child) in _children)
            child.ZeroGrad();
    }

    /// <summary>The name of the first parameter or buffer that holds an infinity or a NaN; null when all are finite.</summary>
    public string? FindNonFinite()
    {
        foreach (ModuleState state in State())
        {
            if (!Tape.IsFinite(state.Value))
                return state.Name;
        }
        return null;
    }

    private void SetPath(string path)
    {
        _path = path;
        foreach ((string name, Module child) in _children)
            child.SetPath(Join(path, name));
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
