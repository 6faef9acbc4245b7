using Sarsen.Nn.Autograd;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>y = activation(x ⋆ w + b + residual) over (N, C, H, W) with weight and input as bytes.</summary>
/// <param name="x">The input.</param>
/// <param name="parts">Bias, residual and activation.</param>
/// <param name="output">The result.</param>
/// <param name="shape">The sizes.</param>
/// <param name="packed">The weight for <see cref="QuantisedConv2d"/>.</param>
/// <param name="range">What inputs lie between; each picture's own when null.</param>
internal sealed unsafe class QuantisedConv2dStep(PlanValue x, ProductParts parts, PlanValue output, Conv2dShape shape, PlanConstant packed, InputRange? range)
    : PlanStep(parts.Residual is { } residual ? [x, residual] : [x], [output])
{
    private readonly Conv2dShape _shape = shape;
    private readonly PlanConstant? _bias = parts.Bias;
    private readonly ElementFunction? _activation = parts.Activation;

    public override string Name { get; } = parts.NameOf("int8 conv2d");

    public override IEnumerable<PlanConstant> Constants => _bias is null ? [packed] : [packed, _bias];

    public override long WorkspaceBytes(Workers workers) => QuantisedConv2d.WorkspaceBytes(_shape, workers);

    public override void Run(in OpArgs a)
    {
        float* residual = a.Inputs.Length > 1 ? a.Inputs[1].F32 : null;
        // The epilogue is told the place in the result as its column, in row 0.
        QuantisedConv2d.Run(_shape, a.Inputs[0].F32, packed.Data, _bias is null ? null : _bias.F32, a.Outputs[0].F32,
            range, new ProductEpilogue(null, residual, 0, _activation), a.Workers, a.Workspace);
    }
}
