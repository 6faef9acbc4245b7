namespace Sarsen.Nn.Schedules;

/// <summary>
/// The factor on an optimizer's learning rate at each step. A schedule is a function of the step, so resuming needs
/// nothing but the step; <see cref="ReduceOnPlateau"/>, which looks at a metric, keeps a small state.
/// </summary>
public abstract record LearningRateSchedule
{
    /// <summary>The factor at <paramref name="step"/>, from 0, of <paramref name="totalSteps"/>.</summary>
    /// <param name="step">The optimizer step that is about to be made.</param>
    /// <param name="stepsPerEpoch">Optimizer steps in one epoch.</param>
    /// <param name="totalSteps">Optimizer steps in the whole run.</param>
    public abstract double FactorAt(long step, long stepsPerEpoch, long totalSteps);
}
