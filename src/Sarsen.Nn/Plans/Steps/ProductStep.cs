using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>What a product with constant weights is made of: y = activation(W x + bias + residual).</summary>
/// <param name="Weight">Output channels first, as the module has it.</param>
/// <param name="Bias">One for each output channel, or none.</param>
/// <param name="Residual">Added to the result, which has its shape; or none.</param>
/// <param name="Activation">Applied last, or none.</param>
internal sealed record ProductParts(PlanConstant Weight, PlanConstant? Bias, PlanValue? Residual = null, ElementFunction? Activation = null)
{
    /// <summary>The path of the parameter that the weight is, or was before rules scaled it; null for none.</summary>
    public string? Path { get; init; } = Weight.Name;

    /// <summary>What rules have scaled each output channel of the parameter by, in F64; null for nothing.</summary>
    public PlanConstant? Scale { get; init; }

    /// <summary>Those of an operation of x, weight and maybe bias; null where they are not constants of F32.</summary>
    public static ProductParts? Of(PlanUse use) =>
        use.Inputs.Skip(1).All(i => i is { Constant: not null, DType: DType.F32, IsContiguous: true })
            ? new ProductParts(use.Inputs[1].Constant!, use.Inputs.Count > 2 ? use.Inputs[2].Constant : null)
            : null;

    public string NameOf(string word) => word + (Residual is null ? "" : " + add") + (Activation is null ? "" : " + activation");
}

/// <summary>A linear layer or a convolution, and what rules have given it to do besides.</summary>
internal abstract unsafe class ProductStep : PlanStep
{
    /// <summary>Elements of a sum from which bytes pay: shorter ones cost more in turning inputs into bytes than they save.</summary>
    public const long LeastQuantisedDepth = 32;

    protected ProductStep(PlanValue x, ProductParts parts, PlanValue output)
        : base(parts.Residual is { } residual ? [x, residual] : [x], [output]) => Parts = parts;

    public ProductParts Parts { get; }

    /// <summary>The dimension of the result that holds the output channels.</summary>
    public abstract int ChannelDim { get; }

    protected abstract string Word { get; }

    /// <summary>Is there an int8 kernel for these sizes.</summary>
    protected abstract bool FitsBytes { get; }

    public override string Name => Parts.NameOf(Word);

    public override IEnumerable<PlanConstant> Constants => Parts.Bias is null ? [Parts.Weight] : [Parts.Weight, Parts.Bias];

    public override IEnumerable<string> QuantisableWeights =>
        Parts.Path is { } path && FitsBytes && Parts.Weight.Shape.Count / Parts.Weight.Shape[0] >= LeastQuantisedDepth ? [path] : [];

    /// <summary>The same product with more, or less, to do.</summary>
    public abstract ProductStep With(ProductParts parts, PlanValue output);

    internal override PlanStep Finish(PlanConstants constants, PlanOptions options)
    {
        if (QuantisableWeights.FirstOrDefault() is not { } path)
            return Pack(constants);
        if (options.Quantised.TryGetValue(path, out QuantisedWeight? weight) && weight.FitsProducts)
            return Quantise(constants, weight, constants.Leaf(weight.Values, null), Scales(constants, weight));
        PlanStep product = Pack(constants);
        return options.Calibration is null ? product : new ObservingStep(product, path, options.Calibration);
    }

    /// <summary>With the weight laid out for the kernel.</summary>
    protected virtual PlanStep Pack(PlanConstants constants) => this;

    /// <summary>With the weight as bytes.</summary>
    protected abstract PlanStep Quantise(PlanConstants constants, QuantisedWeight weight, PlanConstant values, PlanConstant scales);

    private PlanConstant Scales(PlanConstants constants, QuantisedWeight weight)
    {
        PlanConstant own = constants.Leaf(weight.Scales, null);
        return Parts.Scale is not { } scale ? own : constants.Computed("scaled", [own, scale], DType.F32, own.Shape, to =>
        {
            for (long c = 0; c < own.Shape[0]; c++)
                ((float*)to)[c] = (float)(((double*)scale.Data)[c] * own.F32[c]);
        });
    }
}
