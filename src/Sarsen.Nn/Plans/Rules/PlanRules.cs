namespace Sarsen.Nn.Plans.Rules;

/// <summary>The rules, in the order in which they are applied. A new one is one file and one line.</summary>
internal static class PlanRules
{
    public static IReadOnlyList<PlanRule> All { get; } =
    [
        new FoldBatchNorm(),
        new FuseAdd(),
        new FuseActivation(),
    ];
}
