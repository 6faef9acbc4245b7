using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Sources;
using Sarsen.Data.Splits;

namespace Sarsen.Data;

/// <summary>Where the data of a run comes from, what is predicted from what, and how it is split.</summary>
[Description("Where the data comes from, what is predicted, how it is split.")]
public sealed record DataSpec
{
    [Description("The data; split below unless validation and test have sources of their own.")]
    public required DataSource Source { get; init; }

    [Description("A source of its own for validation; nothing: a part of the data.")]
    public DataSource? Validation { get; init; }

    [Description("A source of its own for the test; nothing: a part of the data.")]
    public DataSource? Test { get; init; }

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
