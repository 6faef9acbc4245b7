using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>A recurrent layer over all steps, its two weights packed once.</summary>
internal sealed unsafe class RecurrentStep(RecurrentOp op, PlanUse use, int weights, PlanConstant? input = null, PlanConstant? hidden = null)
    : PlanStep(use.Inputs, use.Outputs)
{
    private readonly OpStep _step = new(op, use.Attributes, use.Inputs, use.Outputs);

    private PlanConstant Input => Inputs[weights].Constant!;

    private PlanConstant Hidden => Inputs[weights + 1].Constant!;

    public override string Name => op.Name;

    public override IEnumerable<PlanConstant> Constants => input is null || hidden is null ? base.Constants : [input, hidden, .. base.Constants.Except([Input, Hidden])];

    /// <summary>Both or none: a product of a few inputs is not worth it alone, but the other one is made at every step.</summary>
    public override IEnumerable<string> QuantisableWeights =>
        Input.Name is { } first && Hidden.Name is { } second && Hidden.Shape[1] >= ProductStep.LeastQuantisedDepth && Math.Max(Input.Shape[1], Hidden.Shape[1]) <= QuantisedLinear.MaxInputs
            ? [first, second]
            : [];

    public override long WorkspaceBytes(Workers workers) => _step.WorkspaceBytes(workers);

    internal override PlanStep Finish(PlanConstants constants, PlanOptions options)
    {
        QuantisedWeight[] bytes = [.. QuantisableWeights.Select(w => options.Quantised.GetValueOrDefault(w)).OfType<QuantisedWeight>().Where(w => w.FitsProducts)];
        return bytes.Length == 2
            ? new QuantisedRecurrentStep(op, use, weights, LinearStep.Packed(constants, bytes[0]), LinearStep.Packed(constants, bytes[1]))
            : new RecurrentStep(op, use, weights, LinearStep.Packed(constants, Input), LinearStep.Packed(constants, Hidden));
    }

    public override void Run(in OpArgs a) => _step.Run(a.WithPacked(input!.Data, hidden!.Data));
}

/// <summary>A recurrent layer with both weights as bytes.</summary>
internal sealed unsafe class QuantisedRecurrentStep(RecurrentOp op, PlanUse use, int weights, PlanConstant input, PlanConstant hidden)
    : PlanStep(use.Inputs, use.Outputs)
{
    public override string Name => "int8 " + op.Name;

    public override IEnumerable<PlanConstant> Constants => [input, hidden, .. base.Constants.Except([Inputs[weights].Constant!, Inputs[weights + 1].Constant!])];

    public override long WorkspaceBytes(Workers workers) => op.BytesWorkspace(Inputs[0].Shape, Inputs[1].Shape, workers);

    public override void Run(in OpArgs a) => op.ForwardBytes(a, input.Data, hidden.Data);
}
