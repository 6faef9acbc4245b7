using Sarsen.Nn.Autograd;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>
/// y = activation(x ⋆ w + b + residual) over (N, C, H, W). The weight is packed once; that of a grouped convolution, whose
/// kernel follows from the groups, lies as the module has it.
/// </summary>
internal sealed unsafe class Conv2dStep(PlanValue x, ProductParts parts, PlanValue output, Conv2dShape shape, PlanConstant? packed = null)
    : ProductStep(x, parts, output)
{
    private readonly Conv2dShape _shape = shape;

    public override int ChannelDim => 1;

    protected override string Word => "conv2d";

    public override IEnumerable<PlanConstant> Constants => packed is null ? base.Constants : Parts.Bias is null ? [packed] : [packed, Parts.Bias];

    public override ProductStep With(ProductParts parts, PlanValue output) => new Conv2dStep(Inputs[0], parts, output, _shape);

    public override long WorkspaceBytes(Workers workers) => packed is null
        ? Conv2d.ForwardWorkspaceBytes(_shape, workers)
        : Conv2d.ForwardPackedWorkspaceBytes(_shape, workers);

    protected override bool FitsBytes => QuantisedConv2d.Supports(_shape);

    protected override PlanStep Quantise(PlanConstants constants, QuantisedWeight weight, PlanConstant values, PlanConstant scales)
    {
        Conv2dShape shape = _shape;
        PlanConstant packed = constants.Computed("packed for int8 conv2d", [values, scales], DType.U8, new Shape(QuantisedConv2d.PackedBytes(shape)),
            to => QuantisedConv2d.Pack((sbyte*)values.Data, scales.F32, shape, (byte*)to));
        return new QuantisedConv2dStep(Inputs[0], Parts, Outputs[0], shape, packed, weight.Input);
    }

    protected override PlanStep Pack(PlanConstants constants)
    {
        if (_shape.Groups > 1)
            return this;
        PlanConstant weight = Parts.Weight;
        // One packing for all batches: it depends on the picture and the window.
        var one = new Conv2dShape(1, _shape.Channels, _shape.Height, _shape.Width, _shape.Filters, _shape.Window, _shape.Groups) { PlainSums = _shape.PlainSums };
        PlanConstant ready = constants.Computed($"packed for {one}", [weight], DType.F32, new Shape(Conv2d.PackedWeightBytes(one) / sizeof(float)),
            to => Conv2d.PackWeight(one, weight.F32, (float*)to, Workers.Serial));
        return new Conv2dStep(Inputs[0], Parts, Outputs[0], _shape, ready);
    }

    public override void Run(in OpArgs a)
    {
        float* bias = Parts.Bias is null ? null : Parts.Bias.F32;
        if (a.Inputs.Length == 1)
            Run(a, new FilterEpilogue(bias, Parts.Activation));
        else
            Run(a, new PictureEpilogue(bias, a.Inputs[1].F32, (nint)_shape.Filters, (nint)(_shape.OutHeight * _shape.OutWidth), Parts.Activation));
    }

    private void Run<TEpilogue>(in OpArgs a, TEpilogue epilogue) where TEpilogue : struct, IEpilogue
    {
        if (packed is null)
            Conv2d.Forward(_shape, a.Inputs[0].F32, Parts.Weight.F32, null, a.Outputs[0].F32, epilogue, a.Workers, a.Workspace);
        else
            Conv2d.ForwardPacked(_shape, a.Inputs[0].F32, packed.F32, a.Outputs[0].F32, epilogue, a.Workers, a.Workspace);
    }
}
