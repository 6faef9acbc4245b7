using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>How losses of two or three outputs are reduced.</summary>
internal static class Reduced
{
    public static Tensor By(this Tensor each, LossReduction reduction) => reduction switch
    {
        LossReduction.Mean => each.Mean(),
        LossReduction.Sum => each.Sum(),
        _ => each,
    };
}
