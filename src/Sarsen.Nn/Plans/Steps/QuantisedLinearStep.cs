using Sarsen.Nn.Autograd;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>y = activation(x Wᵀ + b + residual) with weight and input as bytes: x (…, I), W (O, I).</summary>
/// <param name="x">The input.</param>
/// <param name="parts">Bias, residual and activation; the weight says the sizes.</param>
/// <param name="output">The result.</param>
/// <param name="packed">The weight for <see cref="QuantisedLinear"/>.</param>
/// <param name="range">What inputs lie between; each row's own when null.</param>
internal sealed unsafe class QuantisedLinearStep(PlanValue x, ProductParts parts, PlanValue output, PlanConstant packed, InputRange? range)
    : PlanStep(parts.Residual is { } residual ? [x, residual] : [x], [output])
{
    private readonly long _rows = x.Shape.Count / Math.Max(1, x.Shape[-1]), _in = parts.Weight.Shape[1], _out = parts.Weight.Shape[0];
    private readonly PlanConstant? _bias = parts.Bias;
    private readonly ElementFunction? _activation = parts.Activation;

    public override string Name { get; } = parts.NameOf("int8 linear");

    public override IEnumerable<PlanConstant> Constants => _bias is null ? [packed] : [packed, _bias];

    public override long WorkspaceBytes(Workers workers) => QuantisedLinear.WorkspaceBytes(_rows, _out, _in, workers);

    public override void Run(in OpArgs a)
    {
        float* residual = a.Inputs.Length > 1 ? a.Inputs[1].F32 : null;
        QuantisedLinear.Run(a.Inputs[0].F32, packed.Data, _bias is null ? null : _bias.F32, a.Outputs[0].F32, _rows, _out, _in,
            range, new ProductEpilogue(null, residual, (nint)_out, _activation), a.Workers, a.Workspace);
    }
}
