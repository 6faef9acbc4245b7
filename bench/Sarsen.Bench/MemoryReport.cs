using System.Diagnostics;
using System.Globalization;
using Sarsen.Models;
using Sarsen.Nn;
using Sarsen.Nn.Losses;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>
/// What a steady run takes: managed bytes of the whole process and new pages, and for training the peak that is told
/// beforehand beside what the system gave. Reads Linux's /proc.
/// </summary>
internal static class MemoryReport
{
    private const int Rounds = 5, MostRuns = 20, LeastRuns = 3;

    /// <summary>Seconds of a round: slow work runs less often.</summary>
    private const double RoundSeconds = 1;

    /// <summary>Below this, pages and the runtime's own memory would be what is measured.</summary>
    private const long LeastPeak = 256L << 20;

    private const int MostBatch = 1 << 16;

    /// <summary>One line of JSON for a case of train or infer at a size of batch.</summary>
    public static string Of(BenchKind kind, string name, int batch)
    {
        (long bytes, long pages) = Steady(kind.Start(name, batch));
        if (kind.Name != "train")
            return string.Create(CultureInfo.InvariantCulture, $$"""{"bytes": {{bytes}}, "pages": {{pages}}}""");
        (int large, long told, long taken) = Peak(Networks.Of(name));
        return string.Create(CultureInfo.InvariantCulture, $$"""{"bytes": {{bytes}}, "pages": {{pages}}, "batch": {{large}}, "told": {{told}}, "taken": {{taken}}}""");
    }

    // The least of several rounds: the runtime compiles a method again at its own time, the work does what it does each time.
    private static (long Bytes, long Pages) Steady(Work work)
    {
        using (work)
        {
            work.Run();
            long begun = Stopwatch.GetTimestamp();
            work.Run();
            int runs = (int)Math.Clamp(RoundSeconds / Stopwatch.GetElapsedTime(begun).TotalSeconds, LeastRuns, MostRuns);
            for (int i = 0; i < Math.Max(3 * runs, work.Cycle); i++)
                work.Run();
            (long bytes, long pages) = (long.MaxValue, long.MaxValue);
            for (int round = 0; round < Rounds; round++)
            {
                long pagesBefore = MinorFaults(), bytesBefore = GC.GetTotalAllocatedBytes(precise: true);
                for (int i = 0; i < runs; i++)
                    work.Run();
                bytes = Math.Min(bytes, GC.GetTotalAllocatedBytes(precise: true) - bytesBefore);
                pages = Math.Min(pages, MinorFaults() - pagesBefore);
            }
            return (bytes / runs, pages / runs);
        }
    }

    // At a batch that is doubled until the run is told to take enough to be weighed.
    private static (int Batch, long Told, long Taken) Peak(Subject subject)
    {
        int batch = subject.TrainingBatch;
        while (batch < MostBatch && Told(subject, batch) < LeastPeak)
            batch *= 2;
        long told = Told(subject, batch);
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = Status("VmRSS");
        Network network = subject.Build();
        using (var work = new TrainWork(subject, network, new Samples(subject, network, batch, 1)))
        {
            for (int i = 0; i < 3; i++)
                work.Run();
        }
        return (batch, told, Status("VmHWM") - before);
    }

    /// <summary>As a run tells it before its first step: weights, gradients, the optimizer's state, and a step's tensors, the batch among them.</summary>
    private static long Told(Subject subject, int batch)
    {
        Network network = subject.Build();
        var loss = new CrossEntropyLoss();
        Shape target = new([batch, .. network.OutputShape.AsSpan()[..^1]]);
        ModuleSummary summary = ModuleSummary.Of(network.Body, network.InputShape(batch), network.Definition.InputType,
            (scope, result) => loss.Call(result, scope.Empty(DType.I64, target)));
        long weights = network.Body.State().Sum(s => s.Value.Count * sizeof(float));
        return weights + summary.ParameterCount * sizeof(float) + subject.Optimizer(network.Body).StateBytes + summary.StepBytes;
    }

    private static long MinorFaults()
    {
        string line = File.ReadAllText("/proc/self/stat");
        // After the name in parentheses: state, five ids, flags, minor faults.
        return long.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }

    /// <summary>A figure of the process in bytes, by its name in /proc/self/status.</summary>
    public static long Status(string name)
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }
}
