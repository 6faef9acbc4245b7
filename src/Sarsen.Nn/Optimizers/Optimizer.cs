using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Changes parameters by their gradients, PyTorch's formulas. What it remembers for each parameter belongs to it and
/// is saved with a checkpoint under the parameter's name and the state's: <c>0.weight.exp_avg</c>. Bits depend on the
/// parameters, the gradients and the states alone, not on the number of threads.
/// </summary>
public abstract class Optimizer
{
    /// <summary>The state that every parameter has: how often it was changed, one I64.</summary>
    public const string StepName = "step";

    private readonly TensorOwner _owner;
    private readonly Slot[] _slots;
    private readonly double[] _partials;

    /// <param name="module">Whose trained parameters are changed; frozen ones are left alone.</param>
    /// <param name="states">The names of what is remembered for each parameter in its own type and shape, as PyTorch's.</param>
    /// <exception cref="ArgumentException">The module has no trained parameter.</exception>
    protected Optimizer(Module module, params IReadOnlyList<string> states)
    {
        _owner = new TensorOwner(GetType().Name);
        StateNames = [StepName, .. states];
        _slots = [.. module.State().Where(s => s.Parameter is { RequiresGrad: true }).Select(s => new Slot(s.Name, s.Parameter!,
            _owner.New(DType.I64, new Shape()), [.. states.Select(_ => _owner.New(s.Value.DType, s.Value.Shape))]))];
        if (_slots.Length == 0)
            throw new ArgumentException($"{GetType().Name}: the module has no parameter to train: all are frozen, or it has none", nameof(module));
        _partials = new double[_slots.Max(s => Reduce.WholePartials(s.Parameter.Value.Count))];
    }

    private readonly record struct Slot(string Name, Parameter Parameter, Tensor Step, Tensor[] States)
    {
        /// <summary>None where backward left none, or where the parameter was frozen meanwhile.</summary>
        public Tensor Grad => Parameter.RequiresGrad ? Parameter.Grad : default;
    }

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
            for (int i = 0; i < slot.States.Length; i++)
                yield return ($"{slot.Name}.{StateNames[i + 1]}", slot.States[i]);
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
        workers ??= Workers.Shared;
        Steps++;
        foreach (ref readonly Slot slot in _slots.AsSpan())
        {
            (Tensor value, Tensor grad) = (slot.Parameter.Value, slot.Grad);
            if (grad.IsNone)
                continue;
            long step = ++slot.Step.AsSpan<long>()[0];
            Update(workers, learningRate, step, value, grad, slot.States);
            value.MarkWritten();
        }
    }

    /// <summary>Changes one parameter, for the <paramref name="step"/>th time, counted from 1.</summary>
    private protected abstract void Update(Workers workers, double learningRate, long step, Tensor value, Tensor grad, ReadOnlySpan<Tensor> states);

    /// <summary>Runs the kernel in the parameter's type.</summary>
    private protected static unsafe void Run<TStep>(Workers workers, TStep kernel, Tensor value, Tensor grad, ReadOnlySpan<Tensor> states)
        where TStep : struct, IOptimizerStep
    {
        byte* p = value.Record.Data, g = grad.Record.Data;
        byte* a = states.Length > 0 ? states[0].Record.Data : null;
        byte* b = states.Length > 1 ? states[1].Record.Data : null;
        byte* c = states.Length > 2 ? states[2].Record.Data : null;
        if (value.DType == DType.F64)
            OptimizerStep.Run(kernel, (double*)p, (double*)g, (double*)a, (double*)b, (double*)c, value.Count);
        else
            OptimizerStep.Run(workers, kernel, (float*)p, (float*)g, (float*)a, (float*)b, (float*)c, value.Count);
    }

    /// <summary>Σ g² over all gradients: each parameter's in f64 by the order of sums, then in the parameters' order.</summary>
    internal unsafe double SquaredGradients(Workers workers)
    {
        double total = 0;
        foreach (ref readonly Slot slot in _slots.AsSpan())
        {
            Tensor grad = slot.Grad;
            if (grad.IsNone)
                continue;
            if (grad.DType == DType.F64)
            {
                foreach (double g in grad.AsSpan<double>())
                    total += g * g;
                continue;
            }
            fixed (double* partials = _partials)
                total += Reduce.Whole(workers, default(SquaresOf), (float*)grad.Record.Data, grad.Count, partials);
        }
        return total;
    }

    /// <summary>g ← f(g) for every gradient.</summary>
    internal unsafe void MapGradients<TKernel>(Workers workers, TKernel kernel) where TKernel : struct, IUnaryOp
    {
        foreach (ref readonly Slot slot in _slots.AsSpan())
        {
            Tensor grad = slot.Grad;
            if (grad.IsNone)
                continue;
            byte* g = grad.Record.Data;
            if (grad.DType == DType.F64)
                Unary.Forward(kernel, (double*)g, (double*)g, grad.Count);
            else
                Unary.Forward(workers, kernel, (float*)g, (float*)g, grad.Count);
        }
    }
}
