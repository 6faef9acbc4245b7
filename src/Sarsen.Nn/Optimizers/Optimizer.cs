using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Changes parameters by their gradients, PyTorch's formulas. What it remembers for each parameter belongs to it and
/// is saved with a checkpoint under the parameter's name and the state's: <c>0.weight.exp_avg</c>.
/// </summary>
public abstract class Optimizer
{
    private readonly TensorOwner _owner;
    private readonly List<(ModuleState Parameter, Tensor[] States)> _slots = [];

    /// <param name="module">Whose trained parameters are changed; frozen ones are left alone.</param>
    /// <param name="states">The names of what is remembered for each parameter, as PyTorch's.</param>
    protected Optimizer(Module module, params IReadOnlyList<string> states)
    {
        _owner = new TensorOwner(GetType().Name);
        StateNames = states;
        foreach (ModuleState state in module.State())
        {
            if (state.Parameter is { RequiresGrad: true })
                _slots.Add((state, [.. states.Select(_ => _owner.New(state.Value.DType, state.Value.Shape))]));
        }
    }

    public IReadOnlyList<string> StateNames { get; }

    /// <summary>Steps made so far; set when a run is resumed.</summary>
    public long Steps { get; set; }

    /// <summary>Bytes of what is remembered.</summary>
    public long StateBytes => _owner.Bytes;

    /// <summary>The trained parameters, in the order of the module's state.</summary>
    public IEnumerable<Parameter> Parameters => _slots.Select(s => s.Parameter.Parameter!);

    /// <summary>All that is remembered, by name, to save and to load into.</summary>
    public IEnumerable<(string Name, Tensor Value)> State()
    {
        foreach ((ModuleState parameter, Tensor[] states) in _slots)
        {
            for (int i = 0; i < states.Length; i++)
                yield return ($"{parameter.Name}.{StateNames[i]}", states[i]);
        }
    }

    /// <summary>One step with the gradients that the parameters hold; a parameter without one stays.</summary>
    public void Step(double learningRate, Workers? workers = null)
    {
        Steps++;
        foreach ((ModuleState parameter, Tensor[] states) in _slots)
        {
            Tensor grad = parameter.Value.Grad;
            if (grad.IsNone)
                continue;
            Update(workers ?? Workers.Shared, learningRate, parameter.Value, grad, states);
            parameter.Value.MarkWritten();
        }
    }

    /// <summary>Changes one parameter; <see cref="Steps"/> counts this step already.</summary>
    private protected abstract void Update(Workers workers, double learningRate, Tensor value, Tensor grad, ReadOnlySpan<Tensor> states);
}
