using Sarsen.Nn.Plans.Steps;

namespace Sarsen.Nn.Plans.Rules;

/// <summary>A function of each element behind a product is applied by the product.</summary>
internal sealed class FuseActivation : PlanRule
{
    public override void Apply(PlanGraph graph)
    {
        foreach (PlanStep step in graph.Steps.ToArray())
        {
            if (step is OpStep { Inputs.Count: 1 } function && function.Op.AsElementFunction(function.Attributes) is { } activation
                && graph.OnlyProducer(function, 0) is ProductStep { Parts.Activation: null } product)
            {
                graph.Merge(product, function, product.With(product.Parts with { Activation = activation }, function.Outputs[0]));
            }
        }
    }
}
