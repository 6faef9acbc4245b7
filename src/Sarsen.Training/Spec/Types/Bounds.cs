using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Sarsen.Training.Spec.Types;

/// <summary>The range of a number, from <see cref="RangeAttribute"/>; an infinite or extreme end is no end.</summary>
internal readonly record struct Bounds(double Minimum, double Maximum, bool AboveMinimum, bool BelowMaximum)
{
    public static Bounds None { get; } = new(double.NegativeInfinity, double.PositiveInfinity, false, false);

    public static Bounds From(RangeAttribute? range)
    {
        if (range is null)
            return None;
        double minimum = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);
        double maximum = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        return new Bounds(
            minimum is double.MinValue or int.MinValue or long.MinValue ? double.NegativeInfinity : minimum,
            maximum is double.MaxValue or int.MaxValue or long.MaxValue ? double.PositiveInfinity : maximum,
            range.MinimumIsExclusive, range.MaximumIsExclusive);
    }

    private bool HasMinimum => !double.IsInfinity(Minimum);

    private bool HasMaximum => !double.IsInfinity(Maximum);

    public bool Contains(double value) =>
        (AboveMinimum ? value > Minimum : value >= Minimum) && (BelowMaximum ? value < Maximum : value <= Maximum);

    /// <summary>« above 0 and at most 1», or "".</summary>
    public override string ToString()
    {
        string low = HasMinimum ? $" {(AboveMinimum ? "above" : "at least")} {Minimum.ToString(CultureInfo.InvariantCulture)}" : "";
        string high = HasMaximum ? $" {(BelowMaximum ? "below" : "at most")} {Maximum.ToString(CultureInfo.InvariantCulture)}" : "";
        return low.Length > 0 && high.Length > 0 ? $"{low} and{high}" : low + high;
    }

    public void AddTo(JsonObject schema)
    {
        if (HasMinimum)
            schema[AboveMinimum ? "exclusiveMinimum" : "minimum"] = Minimum;
        if (HasMaximum)
            schema[BelowMaximum ? "exclusiveMaximum" : "maximum"] = Maximum;
    }
}
