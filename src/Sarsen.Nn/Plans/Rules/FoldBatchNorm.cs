using Sarsen.Nn.Ops;
using Sarsen.Nn.Plans.Steps;
using Sarsen.Tensors;

namespace Sarsen.Nn.Plans.Rules;

/// <summary>
/// Batch norm behind a product: γ r (W x + b - μ) + β with r = 1 / √(σ² + eps) is W' x + b' with W' = γ r W by output
/// channel and b' = γ r (b - μ) + β, computed in f64 and rounded once.
/// </summary>
internal sealed unsafe class FoldBatchNorm : PlanRule
{
    public override bool KeepsBits => false;

    public override void Apply(PlanGraph graph)
    {
        foreach (PlanStep step in graph.Steps.ToArray())
        {
            if (step is not OpStep { Op: BatchNormOp } norm || graph.OnlyProducer(norm, 0) is not ProductStep product)
                continue;
            // The channel must be the one that the product makes: the second dimension for both.
            Shape made = product.Outputs[0].Shape, seen = norm.Inputs[0].Shape;
            bool same = product.ChannelDim == 1 && made[0] == seen[0] && made[1] == seen[1] && norm.Inputs.Skip(1).All(i => i.Constant is not null);
            // Without running statistics it depends on the batch.
            same &= norm.Attributes.As<BatchNormOp.Use>().Tracks;
            if (same && product.Parts is { Activation: null, Residual: null })
                graph.Merge(product, norm, product.With(Fold(graph.Constants, product.Parts, norm), norm.Outputs[0]));
        }
    }

    private static ProductParts Fold(PlanConstants constants, ProductParts parts, OpStep norm)
    {
        BatchNormOp.Use use = norm.Attributes.As<BatchNormOp.Use>();
        PlanConstant[] vectors = [.. norm.Inputs.Skip(1).Select(i => i.Constant!)];
        int statistics = use.Affine ? 2 : 0;
        PlanConstant? gamma = use.Affine ? vectors[0] : null, beta = use.Affine ? vectors[1] : null;
        (PlanConstant mean, PlanConstant variance) = (vectors[statistics], vectors[statistics + 1]);
        (PlanConstant weight, PlanConstant? bias) = (parts.Weight, parts.Bias);
        long channels = weight.Shape[0], row = weight.Shape.Count / channels;
        string how = $"batch norm {norm.Attributes}";
        PlanConstant scaled = constants.Computed($"{how} into the weight", [weight, .. vectors], weight.DType, weight.Shape, to =>
        {
            for (long c = 0; c < channels; c++)
            {
                double k = Scale(c);
                for (long i = c * row; i < (c + 1) * row; i++)
                    ((float*)to)[i] = (float)(k * weight.F32[i]);
            }
        });
        PlanConstant shifted = constants.Computed($"{how} into the bias", bias is null ? vectors : [bias, .. vectors], weight.DType, new Shape(channels), to =>
        {
            for (long c = 0; c < channels; c++)
                ((float*)to)[c] = (float)(Scale(c) * ((bias is null ? 0.0 : bias.F32[c]) - mean.F32[c]) + (beta is null ? 0 : beta.F32[c]));
        });
        PlanConstant scales = constants.Computed($"{how} as scales", parts.Scale is null ? vectors : [parts.Scale, .. vectors], DType.F64, new Shape(channels), to =>
        {
            for (long c = 0; c < channels; c++)
                ((double*)to)[c] = Scale(c) * (parts.Scale is null ? 1 : ((double*)parts.Scale.Data)[c]);
        });
        return parts with { Weight = scaled, Bias = shifted, Scale = scales };

        double Scale(long c) => (gamma is null ? 1 : gamma.F32[c]) / Math.Sqrt(variance.F32[c] + use.Eps);
    }
}
