using Sarsen.Nn.Autograd;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>
/// y = activation(x Wᵀ + b + residual): x (…, I), W (O, I). The weight is packed once.
/// </summary>
internal sealed unsafe class LinearStep(PlanValue x, ProductParts parts, PlanValue output, PlanConstant? packed = null)
    : ProductStep(x, parts, output)
{
    private readonly nint _rows = (nint)(x.Shape.Count / Math.Max(1, x.Shape[-1])), _in = (nint)parts.Weight.Shape[1], _out = (nint)parts.Weight.Shape[0];

    public override int ChannelDim => Outputs[0].Shape.Rank - 1;

    protected override string Word => "linear";

    public override IEnumerable<PlanConstant> Constants => packed is null ? base.Constants : Parts.Bias is null ? [packed] : [packed, Parts.Bias];

    public override ProductStep With(ProductParts parts, PlanValue output) => new LinearStep(Inputs[0], parts, output);

    public override long WorkspaceBytes(Workers workers) => MatMul.WorkspaceBytes(_rows, _out, _in, workers);

    protected override bool FitsBytes => _in is > 0 && _in <= QuantisedLinear.MaxInputs;

    protected override PlanStep Quantise(PlanConstants constants, QuantisedWeight weight, PlanConstant values, PlanConstant scales)
    {
        PlanConstant packed = Packed(constants, values, scales);
        return new QuantisedLinearStep(Inputs[0], Parts, Outputs[0], packed, weight.Input);
    }

    /// <summary>A weight (O, I) of bytes as the kernel reads it.</summary>
    public static PlanConstant Packed(PlanConstants constants, QuantisedWeight weight) =>
        Packed(constants, constants.Leaf(weight.Values, null), constants.Leaf(weight.Scales, null));

    private static PlanConstant Packed(PlanConstants constants, PlanConstant values, PlanConstant scales)
    {
        (long outputs, long inputs) = (values.Shape[0], values.Shape[1]);
        return constants.Computed("packed for int8 linear", [values, scales], DType.U8, new Shape(QuantisedLinear.PackedBytes(outputs, inputs)),
            to => QuantisedLinear.Pack((sbyte*)values.Data, scales.F32, outputs, inputs, (byte*)to));
    }

    protected override PlanStep Pack(PlanConstants constants)
    {
        return new LinearStep(Inputs[0], Parts, Outputs[0], Packed(constants, Parts.Weight));
    }

    /// <summary>A weight (O, I) as the kernel of the product with its transpose reads it.</summary>
    public static PlanConstant Packed(PlanConstants constants, PlanConstant weight)
    {
        (nint outputs, nint inputs) = ((nint)weight.Shape[0], (nint)weight.Shape[1]);
        return constants.Computed("packed for linear", [weight], DType.F32, new Shape(PackedMatrix.Bytes(outputs, inputs) / sizeof(float)),
            to => PackedMatrix.Pack(weight.F32, inputs, transposed: true, outputs, inputs, (float*)to, Workers.Serial));
    }

    public override void Run(in OpArgs a)
    {
        var args = new MatMulArgs<float>(a.Inputs[0].F32, Parts.Weight.F32, a.Outputs[0].F32, _rows, _out, _in, transposeB: true) { PackedB = packed!.F32 };
        float* residual = a.Inputs.Length > 1 ? a.Inputs[1].F32 : null;
        MatMul.Run(args, new ProductEpilogue(Parts.Bias is null ? null : Parts.Bias.F32, residual, _out, Parts.Activation), a.Workers, a.Workspace);
    }
}
