using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>As the groups of <c>torch.optim</c>: parameters with another learning rate or weight decay.</summary>
[Description("Parameters that are treated otherwise; a parameter belongs to the first group that has it.")]
public sealed record ParameterGroupSpec
{
    [Description("Which, by their names; * stands for any characters."), MinLength(1)]
    public IReadOnlyList<string> Parameters { get; init; } = ["*"];

    [Description("Only those of at most so many dimensions: 1 are biases and the weights of norms; nothing: all."), Range(0, 8)]
    public int? MaxRank { get; init; }

    [Description("Their learning rate, which the schedule lowers like the others; nothing: the optimizer's."), Range(0, double.MaxValue)]
    public double? Lr { get; init; }

    [Description("Their weight decay; nothing: the optimizer's."), Range(0, double.MaxValue)]
    public double? WeightDecay { get; init; }

    internal ParameterGroup Create(double lr) => new()
    {
        Names = Parameters,
        MaxRank = MaxRank,
        LearningRateFactor = Lr is { } own ? own / lr : 1,
        WeightDecay = WeightDecay,
    };
}
