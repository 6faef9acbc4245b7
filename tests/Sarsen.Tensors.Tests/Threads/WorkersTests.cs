using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Tensors.Tests.Threads;

public sealed unsafe class WorkersTests
{
    private struct CountJob(int[] runs) : IChunkJob
    {
        public readonly void Run(int chunk) => Interlocked.Increment(ref runs[chunk]);
    }

    private struct LaneJob(int[] owner, int lanes, int[] wrong) : ILaneJob
    {
        public readonly void Run(int chunk, int lane)
        {
            if ((uint)lane >= (uint)lanes || Interlocked.Exchange(ref owner[lane], 1) != 0)
                Interlocked.Increment(ref wrong[0]);
            else
            {
                Thread.SpinWait(20);
                Volatile.Write(ref owner[lane], 0);
            }
        }
    }

    private struct NestingJob(Workers workers, int[] runs, int inner) : IChunkJob
    {
        public readonly void Run(int chunk)
        {
            var job = new CountJob(runs);
            workers.For(ref job, inner);
        }
    }

    private struct SumJob(long[] sum) : IChunkJob
    {
        public int Touched;

        public void Run(int chunk)
        {
            Interlocked.Increment(ref Touched);
            Interlocked.Add(ref sum[0], chunk);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void EveryChunkRunsOnceForEveryNumberOfChunks(int threads)
    {
        Workers workers = Workers.Start(threads);
        for (int chunks = 0; chunks <= 1000; chunks += chunks < 40 ? 1 : 37)
        {
            int[] runs = new int[chunks + 1];
            var job = new CountJob(runs);
            workers.For(ref job, chunks);
            runs[..chunks].ShouldAllBe(n => n == 1);
            runs[chunks].ShouldBe(0);
        }
        workers.Stop();
    }

    [Fact]
    public void TheJobItselfIsSharedNotACopy()
    {
        Workers workers = Workers.Start(3);
        long[] sum = new long[1];
        var job = new SumJob(sum);
        workers.For(ref job, 500);
        job.Touched.ShouldBe(500);
        sum[0].ShouldBe(500 * 499 / 2);
        workers.Stop();
    }

    [Fact]
    public void LanesAreNeverSharedAndStayBelowTheCount()
    {
        Workers all = Workers.Start(4);
        foreach (Workers workers in new[] { all, all.Take(2), all.Take(3) })
        {
            int[] wrong = new int[1];
            for (int i = 0; i < 300; i++)
            {
                var job = new LaneJob(new int[workers.Count], workers.Count, wrong);
                workers.ForLanes(ref job, 40);
            }
            wrong[0].ShouldBe(0);
        }
        all.Stop();
    }

    [Fact]
    public void ManyDriversShareTheSetThroughParkingAndNesting()
    {
        Workers workers = Workers.Start(3);
        var failures = new System.Collections.Concurrent.ConcurrentBag<string>();
        // More drivers than slots, so that some of them run alone.
        Thread[] drivers = [.. Enumerable.Range(0, 40).Select(d => new Thread(() =>
        {
            var random = new System.Random(d);
            for (int i = 0; i < 60; i++)
            {
                int chunks = random.Next(0, 60), inner = random.Next(0, 4);
                int[] runs = new int[4];
                if (random.Next(2) == 0)
                {
                    var nesting = new NestingJob(workers, runs, inner);
                    workers.Take(random.Next(1, 4)).For(ref nesting, chunks);
                    if (runs[..inner].Any(n => n != chunks))
                        failures.Add($"driver {d}: {chunks} × {inner} ran {string.Join(',', runs)}");
                }
                else
                {
                    var lanes = new LaneJob(new int[workers.Count], workers.Count, runs);
                    workers.ForLanes(ref lanes, chunks);
                    if (runs[0] != 0)
                        failures.Add($"driver {d}: a lane was shared");
                }
                if (random.Next(20) == 0)
                    Thread.Sleep(1); // long enough for the workers to park
            }
        }))];
        foreach (Thread driver in drivers)
            driver.Start();
        foreach (Thread driver in drivers)
            driver.Join();
        failures.ShouldBeEmpty();
        workers.Stop();
    }

    [Fact]
    public void AForkAllocatesNothing()
    {
        Workers workers = Workers.Start(2);
        long[] sum = new long[1];
        var job = new SumJob(sum);
        for (int i = 0; i < 50; i++)
            workers.For(ref job, 8);
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 200; i++)
                workers.For(ref job, 8);
        }).ShouldBe(0);
        workers.Stop();
    }

    [Fact]
    public void ACollectionInTheMiddleOfAJobMovesNothingAway()
    {
        Workers workers = Workers.Start(3);
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0, GCCollectionMode.Forced, blocking: true);
                Thread.Sleep(1);
            }
        });
        collector.Start();
        for (int i = 0; i < 100; i++)
        {
            long[] sum = new long[1];
            var box = new Box { Job = new SumJob(sum) };
            workers.For(ref box.Job, 50);
            sum[0].ShouldBe(50 * 49 / 2);
            box.Job.Touched.ShouldBe(50);
        }
        stop.Cancel();
        collector.Join();
        workers.Stop();
    }

    private sealed class Box
    {
        public SumJob Job;
    }

    [Fact]
    public void ASharesCountIsLimited()
    {
        Workers workers = Workers.Start(4);
        workers.Take(2).Count.ShouldBe(2);
        workers.Take(9).ShouldBeSameAs(workers);
        workers.Take(1).ShouldBeSameAs(Workers.Serial);
        Should.Throw<ArgumentOutOfRangeException>(() => workers.Take(0));
        workers.Stop();
    }

    [Fact]
    public void TheEnvironmentSetsTheCount()
    {
        Workers.ThreadsFromEnvironment("3").ShouldBe(3);
        Workers.ThreadsFromEnvironment(null).ShouldBeInRange(1, Environment.ProcessorCount);
        Workers.Shared.Count.ShouldBeGreaterThanOrEqualTo(1);
        foreach (string wrong in new[] { "0", "-1", "many", "1025", "2.5" })
            Should.Throw<FormatException>(() => Workers.ThreadsFromEnvironment(wrong)).Message.ShouldContain(wrong);
    }
}
