using Sarsen.Tensors;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>What a product with constant weights is made of: y = activation(W x + bias + residual).</summary>
/// <param name="Weight">Output channels first, as the module has it.</param>
/// <param name="Bias">One for each output channel, or none.</param>
/// <param name="Residual">Added to the result, which has its shape; or none.</param>
/// <param name="Activation">Applied last, or none.</param>
internal sealed record ProductParts(PlanConstant Weight, PlanConstant? Bias, PlanValue? Residual = null, ElementFunction? Activation = null)
{
    /// <summary>Those of an operation of x, weight and maybe bias; null where they are not constants of F32.</summary>
    public static ProductParts? Of(PlanUse use) =>
        use.Inputs.Skip(1).All(i => i is { Constant: not null, DType: DType.F32, IsContiguous: true })
            ? new ProductParts(use.Inputs[1].Constant!, use.Inputs.Count > 2 ? use.Inputs[2].Constant : null)
            : null;
}

/// <summary>A linear layer or a convolution, and what rules have given it to do besides.</summary>
internal abstract class ProductStep : PlanStep
{
    protected ProductStep(PlanValue x, ProductParts parts, PlanValue output)
        : base(parts.Residual is { } residual ? [x, residual] : [x], [output]) => Parts = parts;

    public ProductParts Parts { get; }

    /// <summary>The dimension of the result that holds the output channels.</summary>
    public abstract int ChannelDim { get; }

    protected abstract string Word { get; }

    public override string Name => Word + (Parts.Residual is null ? "" : " + add") + (Parts.Activation is null ? "" : " + activation");

    public override IEnumerable<PlanConstant> Constants => Parts.Bias is null ? [Parts.Weight] : [Parts.Weight, Parts.Bias];

    /// <summary>The same product with more, or less, to do.</summary>
    public abstract ProductStep With(ProductParts parts, PlanValue output);
}
