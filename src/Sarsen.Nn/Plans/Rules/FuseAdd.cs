using Sarsen.Nn.Ops;
using Sarsen.Nn.Plans.Steps;

namespace Sarsen.Nn.Plans.Rules;

/// <summary>A tensor of the same shape that is added to a product is added by the product: the shortcut of a residual block.</summary>
internal sealed class FuseAdd : PlanRule
{
    public override void Apply(PlanGraph graph)
    {
        foreach (PlanStep step in graph.Steps.ToArray())
        {
            if (step is not OpStep { Op: var op } add || op != BinaryOps.Add)
                continue;
            // The later of two products, so that what is added is there when it runs.
            (int first, int second) = (PlaceOf(graph, add, 0), PlaceOf(graph, add, 1));
            int side = first >= second ? 0 : 1;
            PlanValue other = add.Inputs[1 - side];
            if (Math.Max(first, second) >= 0 && graph.OnlyProducer(add, side) is ProductStep { Parts: { Activation: null, Residual: null } } product
                && other.Shape == add.Outputs[0].Shape && other.IsContiguous && other.DType == add.Outputs[0].DType)
            {
                graph.Merge(product, add, product.With(product.Parts with { Residual = other }, add.Outputs[0]));
            }
        }
    }

    private static int PlaceOf(PlanGraph graph, OpStep add, int side) =>
        graph.OnlyProducer(add, side) is ProductStep { Parts: { Activation: null, Residual: null } } ? graph.ProducerOf(add.Inputs[side]) : -1;
}
