using System.Globalization;
using System.Runtime.InteropServices;
using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing;
using Sarsen.Models;
using Sarsen.Tensors;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;

namespace Sarsen.Training.Tasks;

/// <summary>
/// The input again: the network gives a tensor of a sample's own shape. Losses and metrics are in the units that the steps
/// brought the inputs to.
/// </summary>
/// <param name="sample">The shape of a sample.</param>
/// <param name="logits">The network gives logits, whose sigmoids are compared with inputs from 0 to 1.</param>
public sealed class ReconstructionTask(in Shape sample, bool logits) : LearningTask
{
    /// <summary>Values of a sample that a batch of the evaluator still holds within 31 bits of bytes.</summary>
    private const int MostValues = int.MaxValue / sizeof(float) / 256;

    private readonly Shape _sample = sample;

    /// <exception cref="RunException">Samples are ids, or have more values than can be measured.</exception>
    internal static ReconstructionTask Of(Pipeline pipeline, bool logits)
    {
        SampleLayout input = pipeline.Input;
        if (input.Type != DType.F32)
            throw new RunException($"train.loss reconstruction gives values again, samples here are {input.Type} of shape {input.Shape}: leave out steps that make ids, such as tokenize");
        if (input.Shape.Count is 0 or > MostValues)
            throw new RunException($"train.loss reconstruction measures samples of 1 to {MostValues} values, here one has the shape {input.Shape}");
        return new ReconstructionTask(input.Shape, logits);
    }

    public override MetricTask Kind => MetricTask.Regression;

    public override OutputFunction Output => logits ? OutputFunction.Sigmoid : OutputFunction.None;

    public override int Outputs => (int)_sample.Count;

    public override Shape ResultShape => _sample;

    public override bool IsOfInput => true;

    public override int TargetBytes => Outputs * sizeof(float);

    /// <summary>R² has no place here: a pixel that is always black varies by nothing.</summary>
    public override IReadOnlyList<Metric> UsualMetrics => [new MeanSquaredError(), new RootMeanSquaredError(), new MeanAbsoluteError()];

    private protected override string Wanted => "a reconstruction of the input";

    private protected override string Cure => $"end it with linear: {Outputs}{(_sample.Rank == 1 ? "" : $" and reshape: [{string.Join(", ", _sample.AsSpan().ToArray())}]")}, or take the preset autoencoder";

    private protected override string? WhyNotBehind(string? function) => logits && function is not null
        ? $"reconstruction with error: bce contains the sigmoid, which here would be applied to what {function} gives: take the {function} away, or use error: mse"
        : null;

    public override Tensor Target(Scope scope, ReadOnlySpan<byte> stored, int rows)
    {
        Span<long> sizes = stackalloc long[_sample.Rank + 1];
        sizes[0] = rows;
        _sample.AsSpan().CopyTo(sizes[1..]);
        Tensor target = scope.Empty(DType.F32, new Shape(sizes));
        if (scope.Mode == Mode.Shapes)
            return target;
        stored.CopyTo(target.Bytes);
        if (logits)
            RequireProbabilities(target.AsSpan<float>());
        return target;
    }

    public override Measurement Measure(IReadOnlyList<Metric> metrics) => new ValueMeasurement(new RegressionEvaluator(Outputs, metrics), logits);

    private void RequireProbabilities(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!(value >= 0 && value <= 1))
                throw new RunException(string.Create(CultureInfo.InvariantCulture, $"train.loss reconstruction with error: bce takes inputs from 0 to 1, one is {value}: scale them by normalize or min_max_scale, or use error: mse"));
        }
    }

    private sealed class ValueMeasurement(RegressionEvaluator evaluator, bool logits) : Measurement
    {
        private float[] _predicted = [];

        public override void Add(ReadOnlySpan<float> results, ReadOnlySpan<byte> stored) =>
            evaluator.Add(logits ? Sigmoids(results) : results, MemoryMarshal.Cast<byte, float>(stored));

        public override EvaluationReport Report() => evaluator.Report();

        private ReadOnlySpan<float> Sigmoids(ReadOnlySpan<float> results)
        {
            if (_predicted.Length < results.Length)
                _predicted = new float[results.Length];
            for (int i = 0; i < results.Length; i++)
                _predicted[i] = (float)(1 / (1 + Math.Exp(-results[i])));
            return _predicted.AsSpan(0, results.Length);
        }
    }
}
