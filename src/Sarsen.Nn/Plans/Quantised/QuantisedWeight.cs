using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Plans.Quantised;

/// <summary>
/// A weight as bytes: w[o, …] ≈ scale[o] · q[o, …], symmetric by output channel, the first dimension.
/// </summary>
public sealed class QuantisedWeight
{
    /// <summary>The largest |q| that products compute with: seven bits (see <see cref="FourProducts"/>).</summary>
    public const int ProductLimit = 63;

    /// <summary>The largest |q| of a weight that is only stored as bytes.</summary>
    public const int StorageLimit = 127;

    /// <param name="values">I8 of the weight's shape, from -127 to 127.</param>
    /// <param name="scales">F32, one for each index of the first dimension.</param>
    /// <param name="input">What the inputs of its product lie between; each sample's own when null.</param>
    /// <exception cref="ArgumentException">They do not fit one another, or hold values out of range; the message says which.</exception>
    public QuantisedWeight(Tensor values, Tensor scales, InputRange? input = null)
    {
        Shape shape = values.Shape;
        if (values.DType != DType.I8 || shape.Rank < 1 || !values.IsContiguous)
            throw new ArgumentException($"a weight of I8 without gaps expected, given {values.DType} {shape}", nameof(values));
        if (scales.DType != DType.F32 || scales.Shape != new Shape(shape[0]))
            throw new ArgumentException($"scales of F32 ({shape[0]}) expected, given {scales.DType} {scales.Shape}", nameof(scales));
        if (values.AsSpan<sbyte>().Contains(sbyte.MinValue))
            throw new ArgumentException("the weight holds -128, values are from -127 to 127", nameof(values));
        foreach (float scale in scales.AsSpan<float>())
        {
            if (!float.IsFinite(scale) || scale < 0)
                throw new ArgumentException($"the scale {scale} is not a finite number from zero on", nameof(scales));
        }
        if (input is { } range && !(range.Min <= 0 && range.Max >= 0 && float.IsFinite(range.Max - range.Min)))
            throw new ArgumentException($"an input between {range.Min} and {range.Max}: a finite range that holds zero expected", nameof(input));
        (Values, Scales, Input) = (values, scales, input);
        FitsProducts = !values.AsSpan<sbyte>().ContainsAnyExceptInRange((sbyte)-ProductLimit, (sbyte)ProductLimit);
    }

    public Tensor Values { get; }

    public Tensor Scales { get; }

    /// <summary>What the inputs of its product lie between; each sample's own when null.</summary>
    public InputRange? Input { get; }

    /// <summary>Can products compute with it; otherwise it is turned back into floats.</summary>
    public bool FitsProducts { get; }

    /// <summary>Rounds a weight: scale[o] = max |w[o, …]| / limit, q = round(w / scale), half to even.</summary>
    /// <param name="weight">F32, contiguous.</param>
    /// <param name="limit"><see cref="ProductLimit"/> or <see cref="StorageLimit"/>.</param>
    /// <param name="input">What the inputs of its product lie between; each sample's own when null.</param>
    /// <exception cref="ArgumentException">The weight holds what is not finite.</exception>
    public static QuantisedWeight Of(Tensor weight, int limit, InputRange? input = null)
    {
        Shape shape = weight.Shape;
        long channels = shape[0];
        int row = (int)(shape.Count / Math.Max(1, channels));
        Tensor values = Tensor.Empty(DType.I8, shape), scales = Tensor.Empty(DType.F32, new Shape(channels));
        for (int c = 0; c < channels; c++)
        {
            ReadOnlySpan<float> from = weight.AsSpan<float>().Slice(c * row, row);
            Span<sbyte> to = values.AsSpan<sbyte>().Slice(c * row, row);
            float most = 0;
            foreach (float w in from)
                most = MathF.Max(most, MathF.Abs(w));
            if (!float.IsFinite(most))
                throw new ArgumentException($"output channel {c} of a weight {shape} holds what is not finite, which has no scale", nameof(weight));
            scales.AsSpan<float>()[c] = most / limit;
            for (int i = 0; i < row && most > 0; i++)
                to[i] = (sbyte)Math.Round((double)from[i] * limit / most);
        }
        return new QuantisedWeight(values, scales, input);
    }

    /// <summary>w = scale · q, for what computes in floats.</summary>
    /// <exception cref="ShapeException">The weight has another shape.</exception>
    public void CopyTo(Tensor weight)
    {
        if (weight.Shape != Values.Shape)
            throw new ShapeException($"a weight of {Values.Shape} is to be copied to one of {weight.Shape}");
        ReadOnlySpan<sbyte> from = Values.AsSpan<sbyte>();
        Span<float> to = weight.AsSpan<float>();
        int row = to.Length / Math.Max(1, (int)Values.Shape[0]);
        for (int i = 0; i < to.Length; i++)
            to[i] = Scales.AsSpan<float>()[i / row] * from[i];
    }
}
