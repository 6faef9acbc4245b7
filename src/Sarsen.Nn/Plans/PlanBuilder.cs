using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Plans.Steps;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans;

/// <summary>
/// Turns the graph of a shape-only run into steps: views become offsets and strides, operations of constants alone are
/// computed once, and what a kernel cannot read where it lies gets a copy of its own.
/// </summary>
internal sealed class PlanBuilder
{
    private readonly PlanConstants _constants;
    private readonly Dictionary<int, PlanValue> _values = [];
    private readonly PlanGraph _plan;

    private PlanBuilder(PlanConstants constants, PlanValue input)
    {
        _constants = constants;
        _plan = new PlanGraph(constants, input);
    }

    /// <param name="graph">The operations of a run.</param>
    /// <param name="input">The handle of what was given.</param>
    /// <param name="result">The handle of what came out.</param>
    /// <param name="constants">The plan's.</param>
    /// <exception cref="NotSupportedException">The run made a tensor by itself that no operation computes.</exception>
    public static PlanGraph Build(Graph graph, Tensor input, Tensor result, PlanConstants constants)
    {
        var builder = new PlanBuilder(constants, PlanValue.New(input.DType, input.Shape));
        foreach (GraphValue leaf in graph.Values.Where(v => v.Producer < 0))
            builder._values[leaf.Id] = leaf.Handle == input ? builder._plan.Input : PlanValue.Of(builder.Leaf(leaf));
        foreach (GraphNode node in graph.Nodes)
            builder.Add(node);
        PlanValue output = result == input ? builder._plan.Input : builder._values[graph.Values.First(v => v.Handle == result).Id];
        // The result is read after the last step: it lies without gaps, in memory of the run.
        builder._plan.SetOutput(output.IsContiguous && output.Storage.Constant is null && output.Constant is null ? output : builder.Copy(output));
        builder._plan.DropUnused();
        return builder._plan;
    }

    private PlanConstant Leaf(GraphValue leaf) => leaf.Handle.Table.Arena is null
        ? _constants.Leaf(leaf.Handle, leaf.Name)
        : throw new NotSupportedException($"a plan cannot know the values of a tensor {leaf.Shape} that the network makes by itself while it runs: make it by an operation, or outside any scope");

    private void Add(GraphNode node)
    {
        PlanValue[] inputs = [.. node.Inputs.Select(id => _values[id])];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!inputs[i].IsContiguous && !node.Op.Accepts(i, inputs[i].Shape, inputs[i].Strides))
                inputs[i] = Copy(inputs[i]);
        }
        Infer(node.Op, node.Attributes, inputs, out PlanValue[] outputs, out bool isView);
        for (int i = 0; i < outputs.Length; i++)
            _values[node.Outputs[i]] = outputs[i];
        if (isView || outputs[0].Constant is not null)
            return;
        var use = new PlanUse(node.Op, node.Attributes, inputs, outputs, _constants);
        _plan.Add(node.Op.Plan(use) ?? new OpStep(node.Op, node.Attributes, inputs, outputs));
    }

    private PlanValue Copy(PlanValue value)
    {
        Infer(ContiguousOp.Instance, default, [value], out PlanValue[] outputs, out _);
        if (outputs[0].Constant is null || value.Constant is null)
            _plan.Add(new OpStep(ContiguousOp.Instance, default, [value], outputs));
        return outputs[0];
    }

    private void Infer(Op op, in OpAttributes attributes, PlanValue[] inputs, out PlanValue[] outputs, out bool isView)
    {
        TensorInfo[] infos = [.. inputs.Select(i => new TensorInfo(i.DType, i.Shape, i.Strides))];
        var shapes = new OpShapes(infos, attributes, training: false, Workers.Serial);
        op.Infer(ref shapes);
        isView = shapes.IsView;
        outputs = new PlanValue[shapes.OutputCount];
        bool constant = inputs.All(i => i.Constant is not null);
        PlanConstant[] known = constant ? [.. inputs.Select(i => i.Constant!)] : [];
        for (int i = 0; i < outputs.Length; i++)
        {
            TensorInfo info = shapes.Outputs[i];
            outputs[i] = (constant, isView) switch
            {
                (true, true) => PlanValue.Of(_constants.View(known[0], info.Shape, info.Strides, shapes.ViewOffset)),
                (true, false) => PlanValue.Of(_constants.Of(op, attributes, known, i, info, shapes)),
                (false, true) => inputs[0].View(info.Shape, info.Strides, shapes.ViewOffset),
                _ => PlanValue.New(info.DType, info.Shape),
            };
        }
    }
}
