namespace Sarsen.Tensors.Kernels;

/// <summary>What the values of a product's input lie between: fixed beforehand, from data that was looked at.</summary>
/// <param name="Min">At most zero: padding must be exact.</param>
/// <param name="Max">At least zero.</param>
public readonly record struct InputRange(float Min, float Max)
{
    /// <summary>That of some values, and of zero; NaN where one is.</summary>
    public static unsafe InputRange Of(float* x, long count) => ByteInput.RangeOf(x, count);

    /// <summary>The range of both.</summary>
    public InputRange With(in InputRange other) => new(MathF.Min(Min, other.Min), MathF.Max(Max, other.Max));
}
