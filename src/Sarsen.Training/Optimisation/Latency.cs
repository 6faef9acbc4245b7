using Sarsen.Data.Batches;
using Sarsen.Nn.Plans;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Training.Optimisation;

/// <summary>The time of a prediction, of two plans in turns, so that what disturbs one disturbs the other.</summary>
internal static class Latency
{
    private const int Rounds = 21;

    /// <summary>Of one round of one plan.</summary>
    private const double RoundSeconds = 0.001;

    /// <summary>Medians in microseconds.</summary>
    /// <param name="before">A plan.</param>
    /// <param name="after">Another of the same input.</param>
    /// <param name="samples">What is predicted for: the first ones, again and again.</param>
    /// <param name="batch">How many at once.</param>
    /// <param name="time">The clock.</param>
    public static (double Before, double After) Measure(Plan before, Plan after, SampleSet samples, int batch, TimeProvider time)
    {
        using PlanRunner first = new(before, Workers.Shared), second = new(after, Workers.Shared);
        byte[] input = Input(samples, batch);
        Shape shape = samples.Input.Batched(batch);
        (int firstRuns, int secondRuns) = (Warm(first), Warm(second));
        double[] firsts = new double[Rounds], seconds = new double[Rounds];
        for (int i = 0; i < Rounds; i++)
            (firsts[i], seconds[i]) = (Seconds(first, firstRuns) * 1e6, Seconds(second, secondRuns) * 1e6);
        Array.Sort(firsts);
        Array.Sort(seconds);
        return (firsts[Rounds / 2], seconds[Rounds / 2]);

        int Warm(PlanRunner runner)
        {
            Seconds(runner, 3);
            return (int)Math.Clamp(RoundSeconds / Seconds(runner, 3), 1, 1000);
        }

        double Seconds(PlanRunner runner, int runs)
        {
            long begun = time.GetTimestamp();
            for (int i = 0; i < runs; i++)
            {
                runner.Run(shape, input);
            }
            return Math.Max(time.GetElapsedTime(begun).TotalSeconds, 1e-9) / runs;
        }
    }

    private static byte[] Input(SampleSet samples, int batch)
    {
        int size = checked((int)samples.Input.Bytes);
        byte[] input = new byte[checked(size * batch)], target = new byte[(int)(samples.Target?.Bytes ?? 0)];
        for (int i = 0; i < batch; i++)
            samples.Read(i % samples.Count, 0, input.AsSpan(i * size, size), target);
        return input;
    }
}
