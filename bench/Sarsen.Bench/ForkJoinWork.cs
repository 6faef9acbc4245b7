using System.Diagnostics;
using Sarsen.Tensors.Threads;

namespace Sarsen.Bench;

/// <summary>
/// Fork-joins one after another: a job with a chunk for each thread, where each chunk waits until all have begun, so that
/// every thread takes part in every one.
/// </summary>
internal sealed class ForkJoinWork : Work
{
    // A worker that was taken from its processor is not waited for: the job goes on, and counts as slow.
    private static readonly long s_patience = Stopwatch.Frequency / 10_000;

    private int _begun;

    public override int Operations => 1000;

    public override void Run()
    {
        for (int i = 0; i < Operations; i++)
        {
            _begun = 0;
            var job = new Meeting { Work = this };
            Workers.Shared.For(ref job, Workers.Shared.Count);
        }
    }

    private struct Meeting : IChunkJob
    {
        public ForkJoinWork Work;

        public readonly void Run(int chunk)
        {
            if (Interlocked.Increment(ref Work._begun) == Workers.Shared.Count)
                return;
            long begun = Stopwatch.GetTimestamp();
            while (Volatile.Read(ref Work._begun) < Workers.Shared.Count && Stopwatch.GetTimestamp() - begun < s_patience)
            {
            }
        }
    }
}
