using Sarsen.Tensors.Threads;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;
using Sarsen.Training.Tests.Spec;

namespace Sarsen.Training.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory().FullName;

    private static RunSpec Spec { get; } = new RunSpec
    {
        Name = "folder",
        Data = new Sarsen.Data.DataSpec { Source = new Sarsen.Data.Sources.Csv.CsvSource { Path = ["a.csv"] }, Target = ["y"] },
        Model = new ModelSpec { Layers = [new Sarsen.Models.Layers.LinearSpec { OutFeatures = 1 }] },
        Train = new TrainSpec { Loss = new MseLossSpec() },
    }.Checked();

    private string Folder => Path.Combine(_root, "run");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private RunFolder Create(bool overwrite = false) => RunFolder.Create(Folder, Spec, Workers.Serial, TimeProvider.System, overwrite);

    [Fact]
    public void The_spec_is_kept_as_it_was_understood()
    {
        using (Create())
        {
        }

        RunSpec again = RunFolder.SpecOf(Folder);

        SpecWriter.Write(again, RunSpec.Choices).ShouldBe(SpecWriter.Write(Spec, RunSpec.Choices));
    }

    [Fact]
    public void A_folder_with_a_run_is_not_overwritten_unasked()
    {
        string id;
        using (RunFolder first = Create())
            id = first.Record.Id;

        Should.Throw<RunException>(() => Create()).Message.ShouldContain("resume it, overwrite it, or choose another folder");
        using RunFolder second = Create(overwrite: true);
        second.Record.Id.ShouldNotBe(id);
    }

    [Fact]
    public void A_folder_of_something_else_is_never_touched()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "thesis.txt"), "years of work");

        Should.Throw<RunException>(() => Create(overwrite: true)).Message.ShouldContain("holds no run");
        File.Exists(Path.Combine(Folder, "thesis.txt")).ShouldBeTrue();
    }

    [Fact]
    public void Two_cannot_work_on_one_run()
    {
        using RunFolder first = Create();

        Should.Throw<RunException>(() => RunFolder.Resume(Folder, Spec, TimeProvider.System)).Message
            .ShouldContain($"is being worked on by process {Environment.ProcessId}");
        Should.Throw<RunException>(() => Create(overwrite: true)).Message.ShouldContain("is being worked on");
    }

    [Fact]
    public void Each_start_is_an_attempt()
    {
        using (Create())
        {
        }
        using (RunFolder second = RunFolder.Resume(Folder, Spec, TimeProvider.System))
            second.Attempt.ShouldBe(2);
        using RunFolder third = RunFolder.Resume(Folder, Spec, TimeProvider.System);
        third.Attempt.ShouldBe(3);
    }

    [Fact]
    public void Other_numerics_are_refused()
    {
        using (Create())
        {
        }
        string file = Path.Combine(Folder, "run.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace($"\"numerics\": {Sarsen.Tensors.Numerics.Version}", "\"numerics\": 77"));

        Should.Throw<RunException>(() => RunFolder.Resume(Folder, Spec, TimeProvider.System)).Message.ShouldContain("numerics version 77");
        using RunFolder _ = Create(overwrite: true);
    }

    [Fact]
    public void Other_data_is_refused()
    {
        using RunFolder folder = Create();
        folder.NoteData(new string('a', 64));
        folder.NoteData(new string('a', 64));

        Should.Throw<RunException>(() => folder.NoteData(new string('b', 64))).Message.ShouldContain("the data has changed");
    }

    [Fact]
    public void Requests_are_taken_once()
    {
        using RunFolder folder = Create();
        File.WriteAllText(Path.Combine(Folder, "control"), "checkpoint\n");

        folder.TakeRequest().ShouldBe("checkpoint");
        folder.TakeRequest().ShouldBeNull();
    }

    [Fact]
    public void Where_there_is_no_run_nothing_is_resumed() =>
        Should.Throw<RunException>(() => RunFolder.Resume(_root, Spec, TimeProvider.System)).Message.ShouldContain("there is no run to resume");
}
