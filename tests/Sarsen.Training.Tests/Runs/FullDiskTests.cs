using Sarsen.Testing;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Runs;

/// <summary>A disk that is full, at whatever moment: a typed error, what was whole stays whole, and the run can be resumed.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int Page = 4096;

    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [FullDiskFact]
    public void A_checkpoint_that_does_not_fit_leaves_the_one_before_it()
    {
        using SmallDisk disk = SmallDisk.TryMount(64 * Page)!;
        string folder = Path.Combine(disk.Path, "run"), ballast = Path.Combine(disk.Path, "ballast");
        var onlooker = new Onlooker(report =>
        {
            if (report.Step == 8)
                Fill(ballast, leave: 1);
        });

        RunException error = Should.Throw<RunException>(() => _runs.Start(Spec, new RunOptions { Folder = folder, Observer = onlooker }));

        error.Message.ShouldStartWith("checkpoint 'epoch-00001-step-0000000010' could not be written");
        error.Message.ShouldContain("the last one that is whole is 'epoch-00001-step-0000000006'");
        error.Message.ShouldEndWith("Make room, then resume the run");
        Directory.EnumerateDirectories(Path.Combine(folder, "checkpoints")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["epoch-00000-step-0000000005", "epoch-00001-step-0000000006"]);
        File.Delete(ballast);
        SmallRuns.Bits(TrainingRun.Start(Spec, new RunOptions { Folder = folder, Resume = true })).ShouldBe(SmallRuns.Bits(_runs.Start(Spec)));
    }

    [FullDiskFact]
    public void Whatever_does_not_fit_is_answered_and_resumed()
    {
        string expected = SmallRuns.Bits(_runs.Start(Spec));
        using SmallDisk disk = SmallDisk.TryMount(64 * Page)!;
        string ballast = Path.Combine(disk.Path, "ballast");
        int failed = 0;
        for (int leave = 0; leave < 40; leave += 2)
        {
            string folder = Path.Combine(disk.Path, "run");
            Fill(ballast, leave);
            Exception? error = Record.Exception(() => _runs.Start(Spec, new RunOptions { Folder = folder }));
            (error is null or RunException).ShouldBeTrue($"{leave} pages: {error}");
            File.Delete(ballast);
            failed += error is null ? 0 : 1;
            if (error is not null)
            {
                bool begun = File.Exists(Path.Combine(folder, "run.json"));
                RunResult after = TrainingRun.Start(Spec, new RunOptions { Folder = folder, Resume = begun, Overwrite = !begun });
                SmallRuns.Bits(after).ShouldBe(expected, $"{leave} pages");
            }
            Directory.Delete(folder, recursive: true);
        }
        failed.ShouldBeInRange(8, 19);
    }

    private RunSpec Spec => _runs.Classes with { Train = _runs.Classes.Train with { Checkpoints = new CheckpointSpec { EverySteps = 5 } } };

    // Writes until the disk is full, then gives so many pages back.
    private static void Fill(string ballast, int leave)
    {
        using FileStream file = File.Create(ballast);
        byte[] page = new byte[Page];
        try
        {
            while (true)
            {
                file.Write(page);
                file.Flush();
            }
        }
        catch (IOException)
        {
        }
        file.SetLength(Math.Max(0, file.Length / Page - leave) * Page);
    }
}
