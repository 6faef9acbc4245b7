namespace Sarsen.Nn.Schedules;

/// <summary>
/// Multiplies the factor by <paramref name="Factor"/> once a metric has not got better for more than
/// <paramref name="Patience"/> validations; PyTorch's ReduceLROnPlateau. A metric that is not a number is not better.
/// </summary>
/// <param name="Factor">The factor of one reduction, above 0 and below 1.</param>
/// <param name="Patience">Validations without getting better that are let pass, zero or more.</param>
/// <param name="Threshold">How much better is better, zero or more.</param>
/// <param name="AbsoluteThreshold">Is the threshold a distance from the best value, or else a part of it.</param>
/// <param name="Cooldown">Validations after a reduction in which none is counted, zero or more.</param>
/// <param name="MinFactor">The smallest factor: min_lr over the learning rate.</param>
/// <param name="Eps">A smaller change of the factor is not made: PyTorch's eps over the learning rate.</param>
/// <param name="MoreIsBetter">Is the metric one that should rise.</param>
public sealed record ReduceOnPlateau(double Factor = 0.1, int Patience = 10, double Threshold = 1e-4, bool AbsoluteThreshold = false,
    int Cooldown = 0, double MinFactor = 0, double Eps = 1e-8, bool MoreIsBetter = false) : LearningRateSchedule
{
    public double Factor { get; init; } = Check(Factor, Factor is > 0 and < 1, nameof(Factor), "above 0 and below 1");

    public int Patience { get; init; } = Check(Patience, Patience >= 0, nameof(Patience), "zero or more");

    public double Threshold { get; init; } = Check(Threshold, Threshold >= 0, nameof(Threshold), "zero or more");

    public int Cooldown { get; init; } = Check(Cooldown, Cooldown >= 0, nameof(Cooldown), "zero or more");

    public double MinFactor { get; init; } = Check(MinFactor, MinFactor >= 0, nameof(MinFactor), "zero or more");

    /// <summary>What must be saved to go on after a restart.</summary>
    /// <param name="Current">The factor now.</param>
    /// <param name="Best">The best metric so far; not a number before there is one.</param>
    /// <param name="BadEpochs">Validations since then, as far as they count.</param>
    /// <param name="CooldownLeft">Validations to come that do not count.</param>
    public readonly record struct State(double Current, double Best, int BadEpochs, int CooldownLeft)
    {
        public static State Start { get; } = new(1, double.NaN, 0, 0);
    }

    /// <summary>The state after a validation that came to <paramref name="metric"/>.</summary>
    public State Next(State state, double metric)
    {
        state = IsBetter(metric, state.Best)
            ? state with { Best = metric, BadEpochs = 0 }
            : state with { BadEpochs = state.BadEpochs + 1 };
        if (state.CooldownLeft > 0)
            state = state with { CooldownLeft = state.CooldownLeft - 1, BadEpochs = 0 };
        if (state.BadEpochs <= Patience)
            return state;
        double reduced = Math.Max(MinFactor, state.Current * Factor);
        return state with { Current = state.Current - reduced > Eps ? reduced : state.Current, BadEpochs = 0, CooldownLeft = Cooldown };
    }

    private bool IsBetter(double metric, double best)
    {
        if (double.IsNaN(best))
            return !double.IsNaN(metric);
        double margin = AbsoluteThreshold ? Threshold : best * Threshold;
        return MoreIsBetter ? metric > best + margin : metric < best - margin;
    }

    /// <summary>1: the factor comes from <see cref="State.Current"/>.</summary>
    public override double FactorAt(long step, long stepsPerEpoch, long totalSteps) => 1;
}
