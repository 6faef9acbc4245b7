using System.Runtime.InteropServices;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Tasks;

/// <summary>Classes are held as I64 by the data.</summary>
internal sealed class ClassMeasurement(ClassificationEvaluator evaluator) : Measurement
{
    public override void Add(ReadOnlySpan<float> results, ReadOnlySpan<byte> stored) =>
        evaluator.Add(results, MemoryMarshal.Cast<byte, long>(stored));

    public override EvaluationReport Report() => evaluator.Report();

    public override void Dispose() => evaluator.Dispose();
}
