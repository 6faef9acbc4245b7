namespace Sarsen.Tensors.Threads;

/// <summary>The process's worker set, or a share of it: a fork-join over chunks that a counter hands out.</summary>
public sealed class Workers
{
    /// <summary>No worker but the caller.</summary>
    public static Workers Serial { get; } = new();

    /// <summary>How many threads, the caller included, may take chunks.</summary>
    public int Count => 1;

    /// <summary>Runs every chunk of <paramref name="job"/> and returns when all have ended. Allocates nothing.</summary>
    public void For<TJob>(ref TJob job, int chunks) where TJob : struct, IChunkJob
    {
        for (int chunk = 0; chunk < chunks; chunk++)
            job.Run(chunk);
    }
}
