using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Data.Splits;

[Description("The parts for training, validation and test: fractions that sum to 1, or a column that says it.")]
public sealed record SplitSpec : IValidatableObject
{
    [Description("Part for training."), Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Train { get; init; } = 0.8;

    [Description("Part for validation."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Validation { get; init; } = 0.1;

    [Description("Part for the test."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Test { get; init; } = 0.1;

    [Description("Every part has the classes in the same proportions.")]
    public bool Stratify { get; init; }

    [Description("Rows with one value in this column stay in one part.")]
    public string? GroupBy { get; init; }

    [Description("The rows are ordered by this column: the oldest train, the newest test.")]
    public string? OrderBy { get; init; }

    [Description("A column that holds train, validation or test for each row; the fractions then mean nothing.")]
    public string? Column { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Column is null && Math.Abs(Train + Validation + Test - 1) > 1e-9)
            yield return new ValidationResult(FormattableString.Invariant(
                $"train + validation + test must be 1, found {Train} + {Validation} + {Test} = {Train + Validation + Test:0.######} (a part that is not given keeps its default)"));
        string[] ways = [.. new[] { Stratify ? "stratify" : null, GroupBy is null ? null : "group_by", OrderBy is null ? null : "order_by", Column is null ? null : "column" }.OfType<string>()];
        if (ways.Length > 1)
            yield return new ValidationResult($"one way to split was expected, found {string.Join(" and ", ways)}; keep one");
    }
}
