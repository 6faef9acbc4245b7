using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Text.Sampling;

namespace Sarsen.Training.Spec;

/// <summary>Texts that a language model writes while it learns, for those who look on; what it learns does not depend on them.</summary>
[Description("Texts that a language model writes while it learns.")]
[DefaultProperty(nameof(Prompt))]
public sealed record TextSamplesSpec
{
    [Description("What it continues.")]
    public string Prompt { get; init; } = "\n";

    [Description("Most tokens of a text."), Range(1, 1 << 16)]
    public int Tokens { get; init; } = 200;

    [Description("Logits are divided by it; 0 takes the likeliest token."), Range(0.0, 100.0)]
    public double Temperature { get; init; } = 0.8;

    [Description("Only so many of the likeliest tokens; 0 for all."), Range(0, int.MaxValue)]
    public int TopK { get; init; }

    [Description("Epochs between two texts; the last epoch writes one always."), Range(1, int.MaxValue)]
    public int EveryEpochs { get; init; } = 1;

    internal SamplingOptions Sampling(ulong seed) => new() { Temperature = Temperature, TopK = TopK, Seed = seed };
}
