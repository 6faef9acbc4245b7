using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Training.Spec;

/// <summary>Where the data of a run comes from, what is predicted from what, and how it is split.</summary>
[Description("Where the data comes from, what is predicted, how it is split.")]
public sealed record DataSpec
{
    [Description("The data; split below unless validation and test have sources of their own."), ChoiceOf("source")]
    public required object Source { get; init; }

    [Description("A source of its own for validation; nothing: a part of the data."), ChoiceOf("source")]
    public object? Validation { get; init; }

    [Description("A source of its own for the test; nothing: a part of the data."), ChoiceOf("source")]
    public object? Test { get; init; }

    [Description("The column that is predicted, or several for regression; empty: none.")]
    public IReadOnlyList<string> Target { get; init; } = [];

    [Description("The columns it is predicted from; nothing: all but the target."), MinLength(1)]
    public IReadOnlyList<string>? Features { get; init; }

    [Description("The classes in their order; nothing: those of the training split, sorted."), MinLength(1)]
    public IReadOnlyList<string>? Classes { get; init; }

    [Description("The parts for training, validation and test.")]
    public SplitSpec Split { get; init; } = new();

    [Description("Whether each epoch has its own order of samples, which follows from the seed.")]
    public bool Shuffle { get; init; } = true;
}

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

[Description("k-fold cross-validation.")]
[DefaultProperty(nameof(Folds))]
public sealed record CrossValidationSpec
{
    [Description("How many folds."), Range(2, 1000)]
    public int Folds { get; init; } = 5;

    [Description("Every fold has the classes in the same proportions.")]
    public bool Stratify { get; init; }
}
