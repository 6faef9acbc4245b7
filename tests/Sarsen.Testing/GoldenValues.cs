using Shouldly;

namespace Sarsen.Testing;

/// <summary>
/// Comparison with what an independent implementation computed in f64. The error of an element is measured against the
/// largest of its tensor: one that is a small difference of large terms has the rounding errors of the terms, so its own
/// size says nothing of them. It is not measured against one, so tensors of small numbers are held as tightly as others.
/// </summary>
public static class GoldenValues
{
    /// <summary>The most that f32 may be off, as a part of the largest element.</summary>
    public const double SingleError = 1e-5;

    /// <summary>The most that the loss of a training step in f32 may be off, as a part of it.</summary>
    public const double SingleLossError = 1e-4;

    /// <param name="actual">What was computed.</param>
    /// <param name="expected">Of the same tensor, in f64.</param>
    /// <param name="error">|actual - expected| is at most so much of the largest |expected|; with all of them zero, all must be.</param>
    /// <param name="what">For the message.</param>
    /// <exception cref="ShouldAssertException">An element is further off, or there are not as many.</exception>
    public static void Check(double[] actual, double[] expected, double error, string what)
    {
        actual.Length.ShouldBe(expected.Length, what);
        double largest = expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (int i = 0; i < actual.Length; i++)
        {
            double off = Math.Abs(actual[i] - expected[i]);
            if (!(off <= error * largest))
                throw new ShouldAssertException($"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}: off by {off / largest:E1} of the largest, {largest:R}");
        }
    }
}
