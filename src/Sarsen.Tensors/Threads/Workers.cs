using System.Globalization;

namespace Sarsen.Tensors.Threads;

/// <summary>
/// The process's worker set, or a share of it: a fork-join over chunks that a counter hands out.
/// Any thread may call <c>For</c>, several at the same time: the caller takes chunks too and can always finish alone,
/// and nobody waits for a chunk that no thread has begun. A job inside a chunk runs on the thread it is in.
/// </summary>
public sealed class Workers
{
    /// <summary>The environment variable that sets how many threads <see cref="Shared"/> has, the caller included.</summary>
    public const string ThreadsVariable = "SARSEN_THREADS";

    /// <summary>The most threads a set may have.</summary>
    public const int MaxThreads = 1024;

    private static readonly Lazy<Workers> s_shared = new(
        () => Start(ThreadsFromEnvironment(Environment.GetEnvironmentVariable(ThreadsVariable))));

    private readonly WorkerSet? _set;

    private Workers(WorkerSet? set, int count)
    {
        _set = set;
        Count = count;
    }

    /// <summary>No worker but the caller.</summary>
    public static Workers Serial { get; } = new(null, 1);

    /// <summary>
    /// The one worker set of the process, started at first use: as many threads as the inherited affinity mask and the
    /// container's limit allow, or as <see cref="ThreadsVariable"/> says.
    /// </summary>
    /// <exception cref="FormatException"><see cref="ThreadsVariable"/> is not a number from 1 to <see cref="MaxThreads"/>.</exception>
    public static Workers Shared => s_shared.Value;

    /// <summary>How many threads, the caller included, may take chunks.</summary>
    public int Count { get; }

    /// <summary>The same threads, of which at most <paramref name="count"/>, the caller included, work on one job.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public Workers Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count >= Count)
            return this;
        return count == 1 ? Serial : new Workers(_set, count);
    }

    /// <summary>Runs every chunk of <paramref name="job"/> and returns when all have ended. Allocates nothing.</summary>
    public void For<TJob>(ref TJob job, int chunks) where TJob : struct, IChunkJob
    {
        if (chunks > 1 && _set is { } set && !WorkerSet.InsideJob)
        {
            set.Run(ref job, chunks, Count);
            return;
        }
        for (int chunk = 0; chunk < chunks; chunk++)
            job.Run(chunk);
    }

    /// <summary>As <see cref="For"/>, telling each chunk the lane whose scratch memory it may use.</summary>
    public void ForLanes<TJob>(ref TJob job, int chunks) where TJob : struct, ILaneJob
    {
        if (chunks > 1 && _set is { } set && !WorkerSet.InsideJob)
        {
            set.RunLanes(ref job, chunks, Count);
            return;
        }
        for (int chunk = 0; chunk < chunks; chunk++)
            job.Run(chunk, lane: 0);
    }

    /// <summary>A set of its own, for tests; the process shares <see cref="Shared"/>.</summary>
    internal static Workers Start(int count) => count == 1 ? Serial : new Workers(new WorkerSet(count), count);

    /// <summary>Ends the threads of a set that <see cref="Start"/> made and no job runs on.</summary>
    internal void Stop() => _set?.Stop();

    internal static int ThreadsFromEnvironment(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return Math.Clamp(Math.Min(ProcessorAffinity.Allowed().Length, Environment.ProcessorCount), 1, MaxThreads);
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads is >= 1 and <= MaxThreads)
            return threads;
        throw new FormatException(
            $"{ThreadsVariable} is '{value}', expected a number of threads from 1 to {MaxThreads}: correct it, or unset it to use every processor the process may use");
    }
}
