using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// What training makes small: one number, or one for each element or row, from a model's output and what it should
/// have been. A loss holds constants only, so one instance serves all threads.
/// </summary>
public abstract class Loss
{
    private protected Loss(LossReduction reduction)
    {
        if (!Enum.IsDefined(reduction))
            throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "not a reduction");
        Reduction = reduction;
    }

    /// <summary>As specs and reports spell it: <c>cross_entropy</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What becomes of the single losses.</summary>
    public LossReduction Reduction { get; }

    /// <summary>The loss of <paramref name="output"/> against <paramref name="target"/>.</summary>
    /// <exception cref="ShapeException">The shapes do not fit; the message says which would.</exception>
    public abstract Tensor Call(Tensor output, Tensor target);

    /// <summary>
    /// What the mean divides by: the number of elements or, where classes have weights or are ignored, the sum of the
    /// weights that take part. Means over parts of a batch combine by it.
    /// </summary>
    public virtual double Weight(Tensor target) => target.Count;

    /// <summary>The weights of classes that take part.</summary>
    private protected static double ClassWeight(Tensor target, Tensor weights, long ignoreIndex)
    {
        if (target.DType != DType.I64)
            return target.Shape.With(-1, 1).Count;
        double sum = 0;
        foreach (long t in target.AsSpan<long>())
        {
            if (t != ignoreIndex)
                sum += weights.IsNone ? 1 : weights.DType == DType.F64 ? weights.AsSpan<double>()[(int)t] : weights.AsSpan<float>()[(int)t];
        }
        return sum;
    }

    /// <summary>Constants of a loss as a tensor that belongs to the GC; none for null.</summary>
    /// <exception cref="ArgumentException">There are none, or one is negative or not finite.</exception>
    private protected static Tensor Weights(IReadOnlyList<double>? values, string name, DType type)
    {
        if (values is null)
            return default;
        if (values.Count == 0 || values.Any(v => !(v >= 0 && double.IsFinite(v))))
            throw new ArgumentException($"{name} are one or more, each zero or more and finite; given {string.Join(", ", values)}", name);
        var shape = new Shape(values.Count);
        return type switch
        {
            DType.F32 => Tensor.From<float>([.. values.Select(v => (float)v)], shape),
            DType.F64 => Tensor.From<double>([.. values], shape),
            _ => throw new NotSupportedException($"losses are computed in F32, or in F64 for gradient checks; {type} was given"),
        };
    }
}
