using Sarsen.Nn.Autograd;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>y = activation(x ⋆ w + b + residual) over (N, C, H, W).</summary>
internal sealed unsafe class Conv2dStep(PlanValue x, ProductParts parts, PlanValue output, Conv2dShape shape) : ProductStep(x, parts, output)
{
    private readonly Conv2dShape _shape = shape;

    public override int ChannelDim => 1;

    protected override string Word => "conv2d";

    public override ProductStep With(ProductParts parts, PlanValue output) => new Conv2dStep(Inputs[0], parts, output, _shape);

    public override long WorkspaceBytes(Workers workers) => Conv2d.ForwardWorkspaceBytes(_shape, workers);

    protected override bool FitsBytes => QuantisedConv2d.Supports(_shape);

    protected override PlanStep Quantise(PlanConstants constants, QuantisedWeight weight, PlanConstant values, PlanConstant scales)
    {
        Conv2dShape shape = _shape;
        PlanConstant packed = constants.Computed("packed for int8 conv2d", [values, scales], DType.U8, new Shape(QuantisedConv2d.PackedBytes(shape)),
            to => QuantisedConv2d.Pack((sbyte*)values.Data, scales.F32, shape, (byte*)to));
        return new QuantisedConv2dStep(Inputs[0], Parts, Outputs[0], shape, packed, weight.Input);
    }

    public override void Run(in OpArgs a)
    {
        float* residual = a.Inputs.Length > 1 ? a.Inputs[1].F32 : null;
        var epilogue = new PictureEpilogue(residual, (nint)_shape.Filters, (nint)(_shape.OutHeight * _shape.OutWidth), Parts.Activation);
        Conv2d.Forward(_shape, a.Inputs[0].F32, Parts.Weight.F32, Parts.Bias is null ? null : Parts.Bias.F32, a.Outputs[0].F32, epilogue, a.Workers, a.Workspace);
    }
}
