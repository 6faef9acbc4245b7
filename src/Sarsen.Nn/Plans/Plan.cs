using Sarsen.Nn.Autograd;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Nn.Plans.Rules;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans;

/// <summary>
/// A network compiled for prediction, from the graph that a shape-only run of it leaves on a tape: constants are computed
/// once, batch norm is folded into the product before it, activations and sums are fused into products, and memory is
/// planned beforehand. Weights are shared by all runs; a <see cref="PlanRunner"/> holds the memory of one. Threads may
/// share a plan.
/// <code>
/// var plan = new Plan(network.Predict, network.Body, DType.F32);
/// using var runner = new PlanRunner(plan);
/// pixels.CopyTo(runner.Prepare(new Shape(1, 784)));
/// runner.Run();
/// ReadOnlySpan&lt;float&gt; probabilities = runner.Output&lt;float&gt;();
/// </code>
/// </summary>
public sealed class Plan
{
    private readonly Func<Tensor, Tensor> _predict;
    private readonly Module? _root;
    private readonly DType _inputType;
    private readonly PlanConstants _constants = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<(Shape Input, int Threads), LinkedListNode<Entry>> _layouts = [];
    private readonly LinkedList<Entry> _recent = new();

    private sealed record Entry((Shape, int) Key, PlanLayout Layout);

    /// <param name="predict">What is compiled: the result of an input. It is run shape-only, once for each shape of input.</param>
    /// <param name="root">The module whose parameters it uses; their values must not change any more. Null for none.</param>
    /// <param name="inputType">The element type of the input.</param>
    /// <param name="options">The defaults when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Plan(Func<Tensor, Tensor> predict, Module? root, DType inputType, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(predict);
        Options = options ?? new PlanOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.MaxLayouts, 1);
        (_predict, _root, _inputType) = (predict, root, inputType);
        // The plan reads the parameters where they lie, so their memory stays even if the module is released.
        foreach (Module module in root?.Modules() ?? [])
            module.Owner.Lease();
    }

    public PlanOptions Options { get; }

    /// <summary>The steps and the memory for one shape of input; made when it is first asked for.</summary>
    /// <param name="input">The shape, with the batch.</param>
    /// <param name="workers">Who computes: some kernels need scratch memory for each of them.</param>
    /// <exception cref="ShapeException">The network cannot take this shape.</exception>
    /// <exception cref="NotSupportedException">The network makes tensors while it runs that no operation computes.</exception>
    public PlanLayout LayoutFor(in Shape input, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        lock (_gate)
        {
            (Shape, int) key = (input, workers.Count);
            if (_layouts.TryGetValue(key, out LinkedListNode<Entry>? known))
            {
                _recent.Remove(known);
                _recent.AddFirst(known);
                return known.Value.Layout;
            }
            var layout = new PlanLayout(Compile(input), workers);
            if (_layouts.Count >= Options.MaxLayouts)
            {
                _layouts.Remove(_recent.Last!.Value.Key);
                _recent.RemoveLast();
            }
            _layouts[key] = _recent.AddFirst(new Entry(key, layout));
            return layout;
        }
    }

    private PlanGraph Compile(in Shape input)
    {
        PlanGraph plan = Trace(input);
        foreach (PlanRule rule in PlanRules.All)
        {
            if (rule.KeepsBits || Options.Folding)
                rule.Apply(plan);
        }
        foreach (PlanStep step in plan.Steps.ToArray())
        {
            PlanStep finished = step.Finish(_constants, Options);
            if (finished != step)
                plan.Replace(step, finished);
        }
        Prepare(plan);
        return plan;
    }

    /// <summary>Computes the constants that steps read, and no others.</summary>
    private unsafe void Prepare(PlanGraph plan)
    {
        foreach (PlanStep step in plan.Steps)
        {
            foreach (PlanConstant constant in step.Constants)
            {
                if (!Options.HasFloats && constant.Parameters.FirstOrDefault(p => Options.Quantised.TryGetValue(p, out QuantisedWeight? w) && w.FitsProducts) is { } absent)
                    throw new InvalidOperationException($"{step.Name} computes with the floats of '{absent}', of which there are bytes only: load the model with its floats, or optimise it again");
                _ = constant.Data;
            }
        }
    }

    private PlanGraph Trace(in Shape input)
    {
        using var arena = new Arena(Workers.Serial, reserve: 1L << 42);
        var tape = new Tape { IsInference = true };
        using Scope scope = arena.Begin(Mode.Shapes, tape, name: "the shape-only run of its plan");
        Tensor x = scope.Empty(_inputType, input);
        Tensor result = _predict(x);
        return PlanBuilder.Build(tape.ToGraph(_root), x, result, _constants);
    }
}
