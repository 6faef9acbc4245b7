using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>A recurrent layer over all steps, before it is known whether its weights are bytes.</summary>
internal sealed unsafe class RecurrentStep(RecurrentOp op, PlanUse use, int weights) : PlanStep(use.Inputs, use.Outputs)
{
    private PlanConstant Input => Inputs[weights].Constant!;

    private PlanConstant Hidden => Inputs[weights + 1].Constant!;

    public override string Name => op.Name;

    /// <summary>Both or none: a product of a few inputs is not worth it alone, but the other one is made at every step.</summary>
    public override IEnumerable<string> QuantisableWeights =>
        Input.Name is { } input && Hidden.Name is { } hidden && Hidden.Shape[1] >= ProductStep.LeastQuantisedDepth && Math.Max(Input.Shape[1], Hidden.Shape[1]) <= QuantisedLinear.MaxInputs
            ? [input, hidden]
            : [];

    internal override PlanStep Finish(PlanConstants constants, PlanOptions options)
    {
        QuantisedWeight[] bytes = [.. QuantisableWeights.Select(w => options.Quantised.GetValueOrDefault(w)).OfType<QuantisedWeight>().Where(w => w.FitsProducts)];
        return bytes.Length == 2
            ? new QuantisedRecurrentStep(op, Inputs, Outputs, LinearStep.Packed(constants, bytes[0]), LinearStep.Packed(constants, bytes[1]))
            : new OpStep(op, use.Attributes, Inputs, Outputs, QuantisableWeights);
    }

    public override void Run(in OpArgs a) => throw new InvalidOperationException("a step runs once it is finished");
}

/// <summary>A recurrent layer with both weights as bytes.</summary>
internal sealed unsafe class QuantisedRecurrentStep(RecurrentOp op, IReadOnlyList<PlanValue> inputs, IReadOnlyList<PlanValue> outputs, PlanConstant input, PlanConstant hidden)
    : PlanStep(inputs, outputs)
{
    public override string Name => "int8 " + op.Name;

    public override IEnumerable<PlanConstant> Constants => [input, hidden];

    public override long WorkspaceBytes(Workers workers) => op.BytesWorkspace(Inputs[0].Shape, Inputs[1].Shape, workers);

    public override void Run(in OpArgs a) => op.ForwardBytes(a, input.Data, hidden.Data);
}
