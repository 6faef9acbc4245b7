namespace Sarsen.Nn.Schedules;

/// <summary>
/// The factor on an optimizer's learning rate at each step, as torch.optim.lr_scheduler. A schedule is a function of
/// the step, so resuming needs nothing but the step; <see cref="ReduceOnPlateau"/>, which looks at a metric, keeps a
/// small state. Rates that PyTorch takes as learning rates (eta_min, min_lr) are factors here: divide by the
/// optimizer's learning rate.
/// </summary>
public abstract record LearningRateSchedule
{
    /// <summary>The factor at <paramref name="step"/>, from 0, of <paramref name="totalSteps"/>.</summary>
    /// <param name="step">The optimizer step that is about to be made.</param>
    /// <param name="stepsPerEpoch">Optimizer steps in one epoch.</param>
    /// <param name="totalSteps">Optimizer steps in the whole run.</param>
    public abstract double FactorAt(long step, long stepsPerEpoch, long totalSteps);

    /// <summary>Steps, or whole epochs.</summary>
    private protected static long Count(long step, long stepsPerEpoch, bool byEpochs) =>
        byEpochs ? step / Math.Max(1, stepsPerEpoch) : step;

    private protected static T Check<T>(T value, bool holds, string name, string range) => holds
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is {range}");
}
