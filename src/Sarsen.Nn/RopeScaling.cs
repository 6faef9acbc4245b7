namespace Sarsen.Nn;

/// <summary>How rotary embedding is stretched beyond the positions that a model was first trained on.</summary>
public enum RopeScalingKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Every frequency divided by the factor (Chen et al., «Extending context window by position interpolation», 2023).</summary>
    Linear,

    /// <summary>Low frequencies divided, high ones kept, those between blended, as Llama 3.1 does.</summary>
    Llama3,
}

/// <summary>The numbers of a <see cref="RopeScalingKind"/>; names are those of Hugging Face's <c>rope_scaling</c>.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Factor">What frequencies are divided by.</param>
/// <param name="LowFreqFactor">Llama 3: a wave that fits fewer times into the original context is divided.</param>
/// <param name="HighFreqFactor">Llama 3: a wave that fits more times into it is kept.</param>
/// <param name="OriginalMaxPositionEmbeddings">Llama 3: the original context, in tokens.</param>
public readonly record struct RopeScaling(RopeScalingKind Kind, double Factor = 1, double LowFreqFactor = 1, double HighFreqFactor = 4, long OriginalMaxPositionEmbeddings = 8192)
{
    /// <summary>A frequency, in radians a position, as it is used.</summary>
    public double Apply(double frequency)
    {
        if (Kind == RopeScalingKind.None)
            return frequency;
        if (Kind == RopeScalingKind.Linear)
            return frequency / Factor;
        double waves = OriginalMaxPositionEmbeddings * frequency / (2 * Math.PI);
        double kept = Math.Clamp((waves - LowFreqFactor) / (HighFreqFactor - LowFreqFactor), 0, 1);
        return frequency * (kept + (1 - kept) / Factor);
    }
}
