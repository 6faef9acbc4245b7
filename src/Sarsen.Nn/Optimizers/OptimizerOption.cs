namespace Sarsen.Nn.Optimizers;

/// <summary>The ranges of optimizers' constants.</summary>
internal static class OptimizerOption
{
    public static double NotNegative(double value, string name) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is zero or more, and finite");

    public static double Decay(double value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is at least 0 and below 1");
}
