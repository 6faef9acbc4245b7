using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>exp(−(1/N) Σ ln p(true token)) over N tokens, the logarithm taken from the logits without clipping.</summary>
[Description("How many tokens the model is on average undecided between.")]
public sealed record Perplexity : ClassificationMetric
{
    public override string Name => "perplexity";

    public override MetricTask Task => MetricTask.Language;

    public override Better Better => Better.Less;

    public override ClassificationAccumulator Start(int classes) => new MeanAccumulator(
        static (in ClassificationBatch batch, int sample) => -batch.LogLikelihood[sample], Math.Exp);
}
