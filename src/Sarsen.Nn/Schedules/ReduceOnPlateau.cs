namespace Sarsen.Nn.Schedules;

/// <summary>
/// Multiplies the factor by <paramref name="Factor"/> once a metric has not got better for more than
/// <paramref name="Patience"/> epochs; PyTorch's ReduceLROnPlateau with a relative threshold.
/// </summary>
/// <param name="Factor">The factor of one reduction, below 1.</param>
/// <param name="Patience">Epochs without improvement that are let pass.</param>
/// <param name="Threshold">The relative improvement that counts.</param>
/// <param name="Cooldown">Epochs after a reduction in which none is counted.</param>
/// <param name="MinFactor">The smallest factor.</param>
/// <param name="MoreIsBetter">Is the metric one that should rise.</param>
public sealed record ReduceOnPlateau(double Factor = 0.1, int Patience = 10, double Threshold = 1e-4, int Cooldown = 0, double MinFactor = 0, bool MoreIsBetter = false)
    : LearningRateSchedule
{
    /// <summary>What must be saved to go on after a restart.</summary>
    public readonly record struct State(double Current, double Best, int BadEpochs, int CooldownLeft)
    {
        public static State Start { get; } = new(1, double.NaN, 0, 0);
    }

    /// <summary>The state after an epoch that ended with <paramref name="metric"/>.</summary>
    public State Next(State state, double metric)
    {
        bool better = double.IsNaN(state.Best)
            || (MoreIsBetter ? metric > state.Best * (1 + Threshold) : metric < state.Best * (1 - Threshold));
        state = better ? state with { Best = metric, BadEpochs = 0 } : state with { BadEpochs = state.BadEpochs + 1 };
        if (state.CooldownLeft > 0)
            state = state with { CooldownLeft = state.CooldownLeft - 1, BadEpochs = 0 };
        return state.BadEpochs > Patience
            ? state with { Current = Math.Max(MinFactor, state.Current * Factor), BadEpochs = 0, CooldownLeft = Cooldown }
            : state;
    }

    /// <summary>1: the factor comes from <see cref="State.Current"/>.</summary>
    public override double FactorAt(long step, long stepsPerEpoch, long totalSteps) => 1;
}
