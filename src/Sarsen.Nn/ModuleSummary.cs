using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <param name="Path">The module's path.</param>
/// <param name="Kind">Its kind of layer.</param>
/// <param name="Output">The shape that comes out.</param>
/// <param name="Parameters">The number of its trained elements.</param>
public sealed record SummaryRow(string Path, string Kind, Shape Output, long Parameters);

/// <summary>
/// The shape table of a network, its graph, and the memory one training step needs, all from one shape-only run: no
/// kernel runs, no page is touched.
/// </summary>
/// <param name="Rows">One for each module without inner modules, in the order of their calls.</param>
/// <param name="Input">The shape that went in.</param>
/// <param name="Output">The shape that came out.</param>
/// <param name="Graph">The operations of one forward run.</param>
/// <param name="ParameterCount">Elements of all trained parameters.</param>
/// <param name="StepBytes">Peak bytes of the arena in one forward and backward run.</param>
public sealed record ModuleSummary(IReadOnlyList<SummaryRow> Rows, Shape Input, Shape Output, Graph Graph, long ParameterCount, long StepBytes)
{
    /// <param name="module">The network.</param>
    /// <param name="input">The shape of its input, with the batch.</param>
    /// <param name="type">The type of its input; that of the module's parameters when null.</param>
    /// <param name="loss">What is trained on, for the peak; the sum of the result when null.</param>
    /// <exception cref="ShapeException">The layers do not fit one another or the input; the message names the layer.</exception>
    public static ModuleSummary Of(Module module, in Shape input, DType? type = null, Func<Scope, Tensor, Tensor>? loss = null)
    {
        // The table and the graph show what is within modules that are computed again; the peak is that of a real step.
        var graphs = new Tape { Calls = [], Checkpoints = false };
        (Shape output, Graph graph, long peak) = Run(module, input, type, loss, graphs);
        if (module.Modules().Any(m => m.Checkpoint))
        {
            using var real = new Tape();
            peak = Run(module, input, type, loss, real).Peak;
        }
        List<SummaryRow> rows = [.. graphs.Calls.Where(c => c.Module.Children.Count == 0).Select(c =>
            new SummaryRow(c.Module.Path, c.Module.Kind, c.Result, c.Module.Parameters().Where(p => p.RequiresGrad).Sum(p => p.Value.Count)))];
        long parameters = module.Parameters().Where(p => p.RequiresGrad).Sum(p => p.Value.Count);
        return new ModuleSummary(rows, input, output, graph, parameters, peak);
    }

    private static (Shape Output, Graph Graph, long Peak) Run(Module module, in Shape input, DType? type, Func<Scope, Tensor, Tensor>? loss, Tape tape)
    {
        using var arena = new Arena(reserve: 1L << 42);
        using Scope scope = arena.Begin(Mode.Shapes, tape, name: "a shape-only run");
        Tensor result = module.Call(scope.Empty(type ?? module.Parameters().FirstOrDefault()?.Value.DType ?? module.DType, input));
        (Shape output, Graph graph) = (result.Shape, tape.ToGraph(module));
        Tensor total = loss is null ? result.Sum() : loss(scope, result);
        if (total.RequiresGrad)
            tape.Backward(total);
        return (output, graph, arena.PeakBytes + tape.RecomputeBytes);
    }
}
