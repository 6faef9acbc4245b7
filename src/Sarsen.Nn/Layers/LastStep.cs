using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// The last step of a sequence: (N, T, C) becomes (N, C). Of a bidirectional layer the last <paramref name="reversed"/> channels come from
/// the first step, where the direction that reads from the end has read all.
/// </summary>
/// <param name="reversed">How many.</param>
public sealed class LastStep(long reversed = 0) : Module
{
    protected override Tensor Forward(Tensor x)
    {
        if (x.Rank != 3 || x.Shape[2] < reversed)
            throw new ShapeException($"LastStep at '{Path}': (N, T, C) expected, the input has the shape {x.Shape}");
        if (reversed == 0)
            return x.Select(1, x.Shape[1] - 1);
        long forward = x.Shape[2] - reversed;
        return Tensor.Concat(1, x.Select(1, x.Shape[1] - 1).Slice(1, 0, forward), x.Select(1, 0).Slice(1, forward)); // (N, C)
    }
}
