using Sarsen.Nn.Autograd;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>A product whose inputs are looked at before it runs.</summary>
internal sealed unsafe class ObservingStep(PlanStep product, string weight, Calibration calibration) : PlanStep(product.Inputs, product.Outputs)
{
    public override string Name => product.Name;

    public override IEnumerable<string> QuantisableWeights => [weight];

    public override IEnumerable<PlanConstant> Constants => product.Constants;

    public override long WorkspaceBytes(Workers workers) => product.WorkspaceBytes(workers);

    public override void Run(in OpArgs a)
    {
        calibration.Add(weight, InputRange.Of(a.Inputs[0].F32, a.Inputs[0].Count));
        product.Run(a);
    }
}
