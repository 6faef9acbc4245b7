namespace Sarsen.Nn.Plans.Rules;

/// <summary>One way to make a plan smaller: a pattern of steps and what takes its place.</summary>
public abstract class PlanRule
{
    /// <summary>Do results keep their bits. Rules that change rounding are left out without <see cref="PlanOptions.Folding"/>.</summary>
    public virtual bool KeepsBits => true;

    /// <summary>Rewrites every place where the pattern is.</summary>
    public abstract void Apply(PlanGraph graph);
}
