using System.Diagnostics;
using System.Globalization;

namespace Sarsen.Bench;

/// <summary>Some seconds of work, each run timed.</summary>
/// <param name="Median">Seconds of one operation.</param>
/// <param name="Runs">Runs that were timed.</param>
/// <param name="Bytes">Managed bytes that one run allocated on this thread.</param>
internal readonly record struct Stint(double Median, int Runs, long Bytes)
{
    private const int LeastRuns = 3;

    /// <summary>Seconds: what takes longer need not be run several times a turn, the rounds do that.</summary>
    private const double Long = 1;

    // The last million runs of a stint count.
    private static readonly double[] s_times = new double[1 << 20];

    // Seconds of a run of the stint before.
    private static double s_run;

    /// <summary>Runs it a few times, or once where that takes long.</summary>
    public static void WarmUp(Work work)
    {
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < LeastRuns && Stopwatch.GetElapsedTime(begun).TotalSeconds < Long; i++)
            work.Run();
    }

    public static Stint Of(Work work, double seconds)
    {
        double[] kept = s_times;
        // The other side has just had the machine: a tenth of the time brings the caches back, and a long run does so itself.
        for (long begun = Stopwatch.GetTimestamp(); s_run < seconds && Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds / 10;)
            work.Run();
        int runs = 0;
        long bytes = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp(), end = start + (long)(seconds * Stopwatch.Frequency);
        for (long last = start; last < end || (runs < LeastRuns && last < start + (Long * Stopwatch.Frequency)); runs++)
        {
            work.Run();
            long now = Stopwatch.GetTimestamp();
            kept[runs % kept.Length] = work.Timed * Stopwatch.Frequency ?? (now - last);
            last = now;
        }
        s_run = Stopwatch.GetElapsedTime(start).TotalSeconds / runs;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Span<double> times = kept.AsSpan(0, Math.Min(runs, kept.Length));
        times.Sort();
        return new Stint(times[times.Length / 2] / Stopwatch.Frequency / work.Operations, runs, bytes / runs);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"median": {{Median:R}}, "runs": {{Runs}}, "bytes": {{Bytes}}}""");
}
