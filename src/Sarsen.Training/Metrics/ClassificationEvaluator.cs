using System.Globalization;

namespace Sarsen.Training.Metrics;

/// <summary>What a model's scores are.</summary>
public enum ScoreKind
{
    /// <summary>Before softmax, or before sigmoid where there is one output.</summary>
    Logits,

    /// <summary>Within [0, 1] and, where there are several outputs, summing to 1.</summary>
    Probabilities,
}

/// <summary>
/// Measures a classifier batch by batch: checks scores and targets, turns them into f64 probabilities once
/// (softmax with the maximum subtracted; a sigmoid for one output, which is two classes) and feeds every metric.
/// </summary>
public sealed class ClassificationEvaluator : IDisposable
{
    // Rows of f16 and bf16 models do not sum to 1 more exactly.
    private const double SumTolerance = 1e-2;

    private readonly int _outputs;
    private readonly ScoreKind _kind;
    private readonly long _ignoreIndex;
    private readonly IReadOnlyList<ClassificationMetric> _metrics;
    private readonly ClassificationAccumulator[] _accumulators;
    private readonly ClassCounts _counts;
    private readonly ConfusionMatrix? _confusion;
    private readonly IReadOnlyList<string> _labels;
    private double[] _probabilities = [];
    private double[] _logLikelihood = [];
    private int[] _predicted = [];
    private int[] _targets = [];

    /// <param name="outputs">Scores a sample: one for two classes through a sigmoid, else one a class.</param>
    /// <param name="kind">What the scores are.</param>
    /// <param name="metrics">What is measured.</param>
    /// <param name="labels">The names of the classes; null: their numbers.</param>
    /// <param name="ignoreIndex">A target that is left out, as the loss does.</param>
    /// <exception cref="ArgumentException">A metric is not for classes or not for so many; the labels are not as many as the classes.</exception>
    public ClassificationEvaluator(int outputs, ScoreKind kind, IReadOnlyList<Metric> metrics, IReadOnlyList<string>? labels = null, long ignoreIndex = -100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _outputs = outputs;
        _kind = kind;
        _ignoreIndex = ignoreIndex;
        Classes = Math.Max(2, outputs);
        _labels = labels ?? [.. Enumerable.Range(0, Classes).Select(c => c.ToString(CultureInfo.InvariantCulture))];
        if (_labels.Count != Classes)
            throw new ArgumentException($"expected {Classes} labels, one a class, got {_labels.Count}", nameof(labels));
        _metrics = [.. metrics.Select(m => m as ClassificationMetric
            ?? throw new ArgumentException($"{m.Name} measures {m.Task.ToString().ToLowerInvariant()}, this model predicts classes", nameof(metrics)))];
        _accumulators = [.. _metrics.Select(m => m.Start(Classes))];
        _counts = new ClassCounts(Classes);
        _confusion = Classes <= ConfusionMatrix.MaxClasses ? new ConfusionMatrix(Classes) : null;
    }

    public int Classes { get; }

    /// <summary>Adds N samples.</summary>
    /// <param name="scores">(N, outputs).</param>
    /// <param name="targets">(N), from 0 to classes − 1, or the ignored one.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, a target is no class, or a score is no number; nothing was added.</exception>
    public void Add(ReadOnlySpan<float> scores, ReadOnlySpan<long> targets)
    {
        if ((long)targets.Length * _outputs != scores.Length)
            throw new ArgumentException($"expected {targets.Length} × {_outputs} scores for {targets.Length} targets, got {scores.Length}", nameof(scores));
        Reserve(targets.Length);
        int kept = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] == _ignoreIndex)
                continue;
            if (targets[i] < 0 || targets[i] >= Classes)
                throw new ArgumentException($"sample {i}: target {targets[i]} lies outside the {Classes} classes, 0 to {Classes - 1}", nameof(targets));
            Prepare(scores.Slice(i * _outputs, _outputs), (int)targets[i], i, kept++);
        }
        var batch = new ClassificationBatch
        {
            Classes = Classes,
            Probabilities = _probabilities.AsSpan(0, kept * Classes),
            LogLikelihood = _logLikelihood.AsSpan(0, kept),
            Predicted = _predicted.AsSpan(0, kept),
            Targets = _targets.AsSpan(0, kept),
        };
        foreach (ClassificationAccumulator accumulator in _accumulators)
            accumulator.Add(batch);
        _counts.Add(batch);
        _confusion?.Add(batch);
    }

    /// <summary>Adds another's samples after these.</summary>
    /// <exception cref="ArgumentException">The other measures other metrics or other classes.</exception>
    public void Merge(ClassificationEvaluator other)
    {
        if (!_metrics.SequenceEqual(other._metrics) || Classes != other.Classes)
            throw new ArgumentException("two evaluators merge when they measure the same metrics of the same classes", nameof(other));
        for (int i = 0; i < _accumulators.Length; i++)
            _accumulators[i].Merge(other._accumulators[i]);
        _counts.Merge(other._counts);
        _confusion?.Merge(other._confusion!);
    }

    public EvaluationReport Report() => new()
    {
        Samples = _counts.Samples,
        Metrics = [.. _metrics.Zip(_accumulators, MetricResult.Of)],
        Classes = [.. _labels.Select((label, c) => ClassRow.Of(label, _counts, c))],
        Confusion = _confusion?.ToRows(),
    };

    public void Dispose()
    {
        foreach (ClassificationAccumulator accumulator in _accumulators)
            accumulator.Dispose();
    }

    private void Reserve(int samples)
    {
        if (_targets.Length >= samples)
            return;
        _probabilities = new double[checked(samples * Classes)];
        _logLikelihood = new double[samples];
        _predicted = new int[samples];
        _targets = new int[samples];
    }

    private void Prepare(ReadOnlySpan<float> scores, int target, int sample, int row)
    {
        Span<double> probabilities = _probabilities.AsSpan(row * Classes, Classes);
        _logLikelihood[row] = _kind == ScoreKind.Logits
            ? FromLogits(scores, target, sample, probabilities)
            : FromProbabilities(scores, target, sample, probabilities);
        int best = 0;
        for (int c = 1; c < Classes; c++)
        {
            if (probabilities[c] > probabilities[best])
                best = c;
        }
        _predicted[row] = best;
        _targets[row] = target;
    }

    private double FromLogits(ReadOnlySpan<float> logits, int target, int sample, Span<double> probabilities)
    {
        // A sigmoid is the softmax of (0, logit).
        probabilities[0] = 0;
        for (int c = 0; c < logits.Length; c++)
            probabilities[probabilities.Length - logits.Length + c] = logits[c];
        double maximum = double.NegativeInfinity;
        foreach (double logit in probabilities)
        {
            if (double.IsNaN(logit))
                throw new ArgumentException($"sample {sample}: a logit is not a number");
            maximum = Math.Max(maximum, logit);
        }
        if (!double.IsFinite(maximum))
            throw new ArgumentException($"sample {sample}: the largest logit is {maximum.ToString(CultureInfo.InvariantCulture)}, which is no finite number");
        double chosen = probabilities[target], sum = 0;
        for (int c = 0; c < probabilities.Length; c++)
            sum += probabilities[c] = Math.Exp(probabilities[c] - maximum);
        for (int c = 0; c < probabilities.Length; c++)
            probabilities[c] /= sum;
        return chosen - maximum - Math.Log(sum);
    }

    private double FromProbabilities(ReadOnlySpan<float> given, int target, int sample, Span<double> probabilities)
    {
        double sum = 0;
        for (int c = 0; c < given.Length; c++)
        {
            if (!(given[c] >= 0 && given[c] <= 1))
                throw new ArgumentException(FormattableString.Invariant($"sample {sample}: {given[c]} is no probability, which lies within 0 and 1; are these logits?"));
            sum += given[c];
        }
        if (_outputs == 1)
        {
            probabilities[1] = given[0];
            probabilities[0] = 1 - probabilities[1];
        }
        else
        {
            if (Math.Abs(sum - 1) > SumTolerance)
                throw new ArgumentException(FormattableString.Invariant($"sample {sample}: the probabilities sum to {sum:0.####}, expected 1; are these logits, or independent labels?"));
            for (int c = 0; c < given.Length; c++)
                probabilities[c] = given[c];
        }
        return Math.Log(probabilities[target]);
    }
}
