using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = x_T + f(x - x_T) for sequences x (N, T, C) with last step x_T: f sees how far each step is from the last one and
/// says how far the next will be, so a trend beyond the training data is followed. f gives (N, C). Source: the
/// normalisation of NLinear (Zeng et al., «Are Transformers Effective for Time Series Forecasting?», 2023).
/// </summary>
public sealed class RelativeToLast : Module
{
    private readonly Module _inner;

    /// <param name="inner">f.</param>
    public RelativeToLast(Module inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = AddChild("inner", inner);
    }

    protected override Tensor Forward(Tensor x)
    {
        if (x.Rank != 3)
            throw new ShapeException($"RelativeToLast at '{Path}': (N, T, C) expected, the input has the shape {x.Shape}");
        Tensor last = x.Slice(1, x.Shape[1] - 1, x.Shape[1]); // (N, 1, C)
        Tensor step = _inner.Call(x - last); // (N, C)
        if (step.Rank != 2 || step.Shape[1] != x.Shape[2])
            throw new ShapeException($"RelativeToLast at '{Path}': what is inside must give (N, {x.Shape[2]}), one value a column, it gave {step.Shape}");
        return step + last.Select(1, 0);
    }
}
