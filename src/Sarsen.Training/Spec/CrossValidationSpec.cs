using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Training.Spec;

[Description("k-fold cross-validation.")]
[DefaultProperty(nameof(Folds))]
public sealed record CrossValidationSpec
{
    [Description("How many folds."), Range(2, 1000)]
    public int Folds { get; init; } = 5;

    [Description("Every fold has the classes in the same proportions.")]
    public bool Stratify { get; init; }
}
