using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Changes parameters by their gradients, PyTorch's formulas. What it remembers for each parameter belongs to it and
/// is saved with a checkpoint under the parameter's name and the state's: <c>0.weight.exp_avg</c>. Bits depend on the
/// parameters, the gradients and the states alone, not on the number of threads. A step over all parameters forks once.
/// </summary>
public abstract class Optimizer
{
    /// <summary>The state that every parameter has: how often it was changed, one I64.</summary>
    public const string StepName = "step";

    private readonly TensorOwner _owner;
    private readonly Slot[] _slots;
    private readonly ParameterTable _table;
    private readonly string? _number;

    /// <param name="module">Whose trained parameters are changed; frozen ones are left alone.</param>
    /// <param name="weightDecay">λ, what it acts on being the optimizer's own.</param>
    /// <param name="groups">Parameters that are treated otherwise; null for none.</param>
    /// <param name="number">The name of a number that is remembered for each parameter, one F64 that starts at 1; null for none.</param>
    /// <param name="states">The names of what is remembered for each parameter in its own type and shape, as PyTorch's.</param>
    /// <exception cref="ArgumentException">The module has no trained parameter, or a group has none or is out of range.</exception>
    private protected Optimizer(Module module, double weightDecay, IReadOnlyList<ParameterGroup>? groups, string? number, params IReadOnlyList<string> states)
    {
        WeightDecay = OptimizerOption.NotNegative(weightDecay, nameof(weightDecay));
        Groups = groups ?? [];
        _number = number;
        _owner = new TensorOwner(GetType().Name);
        StateNames = number is null ? [StepName, .. states] : [StepName, number, .. states];
        _slots = [.. module.State().Where(s => s.Parameter is { RequiresGrad: true }).Select(s => new Slot(s.Name, s.Parameter!,
            Groups.FirstOrDefault(g => g.Has(s.Name, s.Parameter!)), _owner.New(DType.I64, new Shape()),
            number is null ? default : _owner.New(DType.F64, new Shape()), [.. states.Select(_ => _owner.New(s.Value.DType, s.Value.Shape))]))];
        if (_slots.Length == 0)
            throw new ArgumentException($"{GetType().Name}: the module has no parameter to train: all are frozen, or it has none", nameof(module));
        foreach (ParameterGroup group in Groups)
            Check(group);
        foreach (Slot slot in _slots)
        {
            if (number is not null)
                slot.Number.AsSpan<double>()[0] = 1;
        }
        // The wide ones have the plain path, and no elements here.
        _table = new ParameterTable([.. _slots.Select(s => s.IsWide ? 0 : s.Parameter.Value.Count)]);
        for (int i = 0; i < _slots.Length; i++)
            _table.Rows[i] = _slots[i].Row();
    }

    private sealed record Slot(string Name, Parameter Parameter, ParameterGroup? Group, Tensor Step, Tensor Number, Tensor[] States)
    {
        /// <summary>None where backward left none, or where the parameter was frozen meanwhile.</summary>
        public Tensor Grad => Parameter.RequiresGrad ? Parameter.Grad : default;

        /// <summary>F64, for gradient checks.</summary>
        public bool IsWide { get; } = Parameter.Value.DType == DType.F64;

        public unsafe ParameterRow Row() => new() { P = (float*)Parameter.Value.Record.Data, A = State(0), B = State(1), C = State(2) };

        private unsafe float* State(int i) => i < States.Length ? (float*)States[i].Record.Data : null;
    }

    /// <summary>λ of the parameters that no group gives another.</summary>
    public double WeightDecay { get; }

    public IReadOnlyList<ParameterGroup> Groups { get; }

    public IReadOnlyList<string> StateNames { get; }

    /// <summary>Steps made so far; set when a run is resumed.</summary>
    public long Steps { get; set; }

    /// <summary>Bytes of what is remembered.</summary>
    public long StateBytes => _owner.Bytes;

    /// <summary>The trained parameters, in the order of the module's state.</summary>
    public IEnumerable<Parameter> Parameters => _slots.Select(s => s.Parameter);

    /// <summary>All that is remembered, by name, to save and to load into.</summary>
    public IEnumerable<(string Name, Tensor Value)> State()
    {
        foreach (Slot slot in _slots)
        {
            yield return ($"{slot.Name}.{StepName}", slot.Step);
            if (_number is not null)
                yield return ($"{slot.Name}.{_number}", slot.Number);
            for (int i = 0; i < slot.States.Length; i++)
                yield return ($"{slot.Name}.{StateNames[^(slot.States.Length - i)]}", slot.States[i]);
        }
    }

    /// <summary>
    /// One step with the gradients that the parameters hold; a parameter without one, or frozen meanwhile, stays.
    /// Allocates nothing.
    /// </summary>
    /// <param name="learningRate">Zero or more.</param>
    /// <param name="workers">Who computes; the whole worker set when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative or not finite.</exception>
    public void Step(double learningRate, Workers? workers = null)
    {
        if (!(learningRate >= 0 && double.IsFinite(learningRate)))
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "a learning rate is zero or more, and finite");
        Steps++;
        for (int i = 0; i < _slots.Length; i++)
        {
            Slot slot = _slots[i];
            if (!PointAtGradient(i))
                continue;
            long step = ++slot.Step.AsSpan<long>()[0];
            double none = 0;
            ref double number = ref slot.Number.IsNone ? ref none : ref slot.Number.AsSpan<double>()[0];
            double rate = learningRate * (slot.Group?.LearningRateFactor ?? 1);
            Prepare(i, rate, slot.Group?.WeightDecay ?? WeightDecay, step, ref number);
            slot.Parameter.Value.MarkWritten();
            if (slot.IsWide)
                StepWide(i, slot.Parameter.Value, slot.Grad, slot.States);
        }
        Step(_table, workers ?? Workers.Shared);
    }

    /// <summary>Makes ready the step of parameter <paramref name="index"/>, its <paramref name="step"/>th, counted from 1.</summary>
    private protected abstract void Prepare(int index, double learningRate, double weightDecay, long step, ref double number);

    /// <summary>Runs what was made ready, on all F32 parameters.</summary>
    private protected abstract void Step(ParameterTable table, Workers workers);

    /// <summary>Runs what was made ready, on an F64 parameter.</summary>
    private protected abstract void StepWide(int index, Tensor value, Tensor grad, ReadOnlySpan<Tensor> states);

    /// <summary>How many parameters there are.</summary>
    private protected int Count => _slots.Length;

    /// <summary>Σ g² over all gradients: each parameter's in f64 by the order of sums, then in the parameters' order.</summary>
    internal double SquaredGradients(Workers workers)
    {
        double total = 0;
        for (int i = 0; i < _slots.Length; i++)
        {
            if (!PointAtGradient(i) || !_slots[i].IsWide)
                continue;
            foreach (double g in _slots[i].Grad.AsSpan<double>())
                total += g * g;
        }
        return total + _table.SquaredGradients(workers);
    }

    /// <summary>g ← f(g) for every gradient.</summary>
    internal unsafe void MapGradients<TKernel>(Workers workers, TKernel kernel) where TKernel : struct, IUnaryOp
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            if (!PointAtGradient(i) || !_slots[i].IsWide)
                continue;
            Tensor grad = _slots[i].Grad;
            double* g = (double*)grad.Record.Data;
            Unary.Forward(kernel, g, g, grad.Count);
        }
        _table.MapGradients(workers, kernel);
    }

    /// <summary>Whether the parameter has a gradient now; its row knows where, or that there is none.</summary>
    private unsafe bool PointAtGradient(int index)
    {
        Tensor grad = _slots[index].Grad;
        _table.Rows[index].G = grad.IsNone ? null : (float*)grad.Record.Data;
        return !grad.IsNone;
    }

    private void Check(ParameterGroup group)
    {
        string names = string.Join(", ", group.Names);
        if (!(group.LearningRateFactor >= 0 && double.IsFinite(group.LearningRateFactor)) || !(group.WeightDecay is null || (group.WeightDecay >= 0 && double.IsFinite(group.WeightDecay.Value))))
            throw new ArgumentOutOfRangeException("groups", group, $"the learning rate's factor and the weight decay of the group {names} are zero or more, and finite");
        if (!_slots.Any(s => s.Group == group))
            throw new ArgumentException($"the group {names} has no trained parameter of its own: none of {string.Join(", ", _slots.Take(8).Select(s => s.Name))}{(_slots.Length > 8 ? ", …" : "")} is like that, or a group before it has them");
    }
}

/// <summary>An optimizer whose formula is a kernel: it says the kernel of one parameter at one step.</summary>
public abstract unsafe class Optimizer<TStep> : Optimizer where TStep : unmanaged, IOptimizerStep
{
    private readonly TStep[] _steps;

    private protected Optimizer(Module module, double weightDecay, IReadOnlyList<ParameterGroup>? groups, string? number, params IReadOnlyList<string> states)
        : base(module, weightDecay, groups, number, states) => _steps = GC.AllocateArray<TStep>(Count, pinned: true);

    /// <summary>The kernel of one parameter for its <paramref name="step"/>th step, counted from 1.</summary>
    private protected abstract TStep Kernel(double learningRate, double weightDecay, long step, ref double number);

    private protected sealed override void Prepare(int index, double learningRate, double weightDecay, long step, ref double number) =>
        _steps[index] = Kernel(learningRate, weightDecay, step, ref number);

    private protected sealed override void Step(ParameterTable table, Workers workers)
    {
        fixed (TStep* steps = _steps)
            table.Step(workers, steps);
    }

    private protected sealed override void StepWide(int index, Tensor value, Tensor grad, ReadOnlySpan<Tensor> states)
    {
        double* a = states.Length > 0 ? (double*)states[0].Record.Data : null;
        double* b = states.Length > 1 ? (double*)states[1].Record.Data : null;
        double* c = states.Length > 2 ? (double*)states[2].Record.Data : null;
        OptimizerStep.Run(_steps[index], (double*)value.Record.Data, (double*)grad.Record.Data, a, b, c, value.Count);
    }
}
