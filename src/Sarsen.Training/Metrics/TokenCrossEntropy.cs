using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>−(1/N) Σ ln p(true token) over N tokens, in nats; <see cref="Perplexity"/> is its exponential.</summary>
[Description("Mean negative logarithm of the probability that a language model gives to the true next token.")]
public sealed record TokenCrossEntropy : ClassificationMetric
{
    public override string Name => "cross_entropy";

    public override MetricTask Task => MetricTask.Language;

    public override Better Better => Better.Less;

    public override ClassificationAccumulator Start(int classes) => new MeanAccumulator(
        static (in ClassificationBatch batch, int sample) => -batch.LogLikelihood[sample]);
}
