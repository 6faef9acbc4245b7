namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Parameters that an optimizer treats otherwise: <c>new ParameterGroup { MaxRank = 1, WeightDecay = 0 }</c> takes the decay from
/// biases and norms, <c>new ParameterGroup { Names = ["body.*"], LearningRateFactor = 0.1 }</c> lets a body learn slowly. A parameter
/// belongs to the first group that has it.
/// </summary>
public sealed record ParameterGroup
{
    /// <summary>Which, by their full names: see <see cref="NamePattern"/>.</summary>
    public IReadOnlyList<string> Names { get; init; } = ["*"];

    /// <summary>Only parameters of at most so many dimensions: 1 are biases and the weights of norms; null for all.</summary>
    public int? MaxRank { get; init; }

    /// <summary>What the learning rate is multiplied by, zero or more.</summary>
    public double LearningRateFactor { get; init; } = 1;

    /// <summary>Their weight decay, zero or more; null for the optimizer's.</summary>
    public double? WeightDecay { get; init; }

    internal bool Has(string name, Parameter parameter) =>
        (MaxRank is not { } rank || parameter.Value.Rank <= rank) && NamePattern.MatchesAny(Names, name);
}
