using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Runs;

/// <summary>
/// The folder through which a run speaks: <c>spec.yaml</c> as it was understood, <c>run.json</c>, <c>events.jsonl</c>,
/// <c>process.json</c> (who works on it), <c>lock</c> (held while someone does; the system lets go of it when the process
/// ends, however that is), <c>control</c> (what others ask: <c>stop</c> or <c>checkpoint</c>), <c>exit.json</c>,
/// <c>checkpoints/</c>, <c>model/</c>.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private readonly FileStream _lock;
    private readonly TimeProvider _time;

    private RunFolder(string path, FileStream held, RunRecord record, int attempt, TimeProvider time, Action<string>? echo)
    {
        (Path, _lock, Record, Attempt, _time) = (path, held, record, attempt, time);
        Events = new EventLog(In("events.jsonl"), attempt, time, echo);
    }

    public string Path { get; }

    public RunRecord Record { get; private set; }

    /// <summary>Which start of the run this is, from 1.</summary>
    public int Attempt { get; }

    public EventLog Events { get; }

    public string Checkpoints => In("checkpoints");

    /// <summary>The finished model: what the registry takes.</summary>
    public string Model => In("model");

    /// <summary>Prepared samples that memory did not hold; can be made again.</summary>
    public string Cache => In("cache");

    /// <summary>Rows that were put aside.</summary>
    public string Quarantine => In("quarantine.jsonl");

    /// <summary>Begins a run in a new folder.</summary>
    /// <param name="path">Where; must not hold a run yet.</param>
    /// <param name="spec">What is run.</param>
    /// <param name="workers">Who computes, for the record.</param>
    /// <param name="time">The clock.</param>
    /// <param name="overwrite">Remove what an earlier run left there.</param>
    /// <param name="echo">Told every event's line; null for nobody.</param>
    /// <exception cref="RunException">There is a run already, or something that is no run; or it is being worked on.</exception>
    public static RunFolder Create(string path, RunSpec spec, Workers workers, TimeProvider time, bool overwrite = false, Action<string>? echo = null)
    {
        path = System.IO.Path.GetFullPath(path);
        if (File.Exists(path))
            throw new RunException($"'{path}' is a file: give the run a folder of its own");
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            bool run = File.Exists(System.IO.Path.Combine(path, "run.json")) || File.Exists(System.IO.Path.Combine(path, "lock"));
            if (!run)
                throw new RunException($"the folder '{path}' is not empty and holds no run: choose another folder");
            if (!overwrite && !CameToNothing(path))
                throw new RunException($"there is a run in '{path}' already: resume it, overwrite it, or choose another folder");
            using FileStream held = Lock(path);
            foreach (string entry in Directory.EnumerateFileSystemEntries(path).Where(e => System.IO.Path.GetFileName(e) != "lock").ToArray())
            {
                if (Directory.Exists(entry))
                    Directory.Delete(entry, recursive: true);
                else
                    File.Delete(entry);
            }
        }
        Writing(path, () => Directory.CreateDirectory(path));
        FileStream mine = Lock(path);
        var record = new RunRecord(Guid.CreateVersion7(time.GetUtcNow()).ToString("n"), spec.Name, spec.Seed, ProgramVersion,
            Numerics.Version, time.GetUtcNow().ToUnixTimeMilliseconds(), MachineInfo.Of(workers));
        try
        {
            WriteText(System.IO.Path.Combine(path, "spec.yaml"), SpecWriter.Write(spec, RunSpec.Choices));
            WriteText(System.IO.Path.Combine(path, "run.json"), JsonSerializer.Serialize(record, RunJson.File));
            return Begin(path, mine, record, 1, time, echo);
        }
        catch
        {
            mine.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with the run of a folder.</summary>
    /// <param name="path">Where the run is.</param>
    /// <param name="spec">What is run: what it began with, but for the number of threads.</param>
    /// <param name="time">The clock.</param>
    /// <param name="echo">Told every event's line; null for nobody.</param>
    /// <exception cref="RunException">There is no run, it is being worked on, it began with another spec, or its bits rest on other numerics.</exception>
    public static RunFolder Resume(string path, RunSpec spec, TimeProvider time, Action<string>? echo = null)
    {
        path = System.IO.Path.GetFullPath(path);
        if (!File.Exists(System.IO.Path.Combine(path, "run.json")))
            throw new RunException($"there is no run to resume in '{path}'");
        FileStream held = Lock(path);
        try
        {
            RunRecord record = Read<RunRecord>(System.IO.Path.Combine(path, "run.json"));
            if (record.Numerics != Numerics.Version)
            {
                throw new RunException(
                    $"the run in '{path}' was begun under numerics version {record.Numerics}, this program computes with version {Numerics.Version}: " +
                    "it would not end with the same bits. Resume it with the program that began it, or start a new run from its weights (model.weights)");
            }
            if (Text(SpecOf(path)) != Text(spec))
                throw new RunException($"the run in '{path}' was begun with another spec, and would not end as it began: resume it with its own (spec.yaml of the folder), or start a new run");
            string process = System.IO.Path.Combine(path, "process.json");
            int attempt = File.Exists(process) ? Read<RunProcess>(process).Attempt + 1 : 1;
            return Begin(path, held, record, attempt, time, echo);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The spec of the run in a folder, as it was understood.</summary>
    /// <exception cref="RunException">There is no run.</exception>
    public static RunSpec SpecOf(string path)
    {
        string file = System.IO.Path.Combine(path, "spec.yaml");
        return File.Exists(file)
            ? RunSpec.Load(file)
            : throw new RunException($"there is no run in '{System.IO.Path.GetFullPath(path)}': it has no spec.yaml");
    }

    /// <summary>Notes what data the run reads; a resumed run must find the same.</summary>
    /// <exception cref="RunException">The data has changed since the run began.</exception>
    public void NoteData(string checksum)
    {
        if (Record.DataChecksum is { } before && before != checksum)
            throw new RunException($"the data has changed since the run in '{Path}' began (checksum {checksum[..12]}…, it was {before[..12]}…): bring the old data back, or start a new run");
        if (Record.DataChecksum is not null)
            return;
        Note(Record with { DataChecksum = checksum });
    }

    /// <summary>Notes what the finished model was measured at.</summary>
    public void NoteMetrics(IReadOnlyDictionary<string, double> metrics) => Note(Record with { Metrics = metrics });

    private void Note(RunRecord record)
    {
        Record = record;
        WriteText(In("run.json"), JsonSerializer.Serialize(Record, RunJson.File));
    }

    /// <summary>Takes what others asked for since the last time: <c>stop</c>, <c>checkpoint</c>, or null for nothing.</summary>
    public string? TakeRequest()
    {
        string file = In("control");
        if (!File.Exists(file))
            return null;
        string text = File.ReadAllText(file).Trim();
        File.Delete(file);
        return text;
    }

    /// <summary>Says how the run ended.</summary>
    public void End(RunStatus status, string? message = null) =>
        WriteText(In("exit.json"), JsonSerializer.Serialize(
            new RunExit(status, Attempt, _time.GetUtcNow().ToUnixTimeMilliseconds(), message), RunJson.File));

    public void Dispose()
    {
        Events.Dispose();
        _lock.Dispose();
    }

    internal static T Read<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), RunJson.File)
                ?? throw new RunException($"'{path}' holds null");
        }
        catch (JsonException e)
        {
            throw new RunException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    // Results do not depend on the number of threads.
    private static string Text(RunSpec spec) => SpecWriter.Write(spec with { Threads = 0 }, RunSpec.Choices);

    internal static string ProgramVersion =>
        typeof(RunFolder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private static RunFolder Begin(string path, FileStream held, RunRecord record, int attempt, TimeProvider time, Action<string>? echo)
    {
        using var self = Process.GetCurrentProcess();
        long started = new DateTimeOffset(self.StartTime.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeMilliseconds();
        WriteText(System.IO.Path.Combine(path, "process.json"), JsonSerializer.Serialize(new RunProcess(Environment.ProcessId, started, attempt), RunJson.File));
        File.Delete(System.IO.Path.Combine(path, "exit.json"));
        File.Delete(System.IO.Path.Combine(path, "control"));
        return new RunFolder(path, held, record, attempt, time, echo);
    }

    // Failed before its first checkpoint, on data that is not there for one: the run that follows takes its place.
    private static bool CameToNothing(string path)
    {
        string exit = System.IO.Path.Combine(path, "exit.json"), checkpoints = System.IO.Path.Combine(path, "checkpoints");
        return File.Exists(exit) && Read<RunExit>(exit).Status == RunStatus.Failed
            && !(Directory.Exists(checkpoints) && Directory.EnumerateFileSystemEntries(checkpoints).Any());
    }

    // An exclusive open is a lock that the system releases when the process ends, even by SIGKILL.
    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException or FileNotFoundException))
        {
            string process = System.IO.Path.Combine(path, "process.json");
            string who = File.Exists(process) ? $" by process {Read<RunProcess>(process).Pid}" : "";
            throw new RunException($"the run in '{path}' is being worked on{who}: wait for it, or stop it", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new RunException($"'{path}' cannot be written: {e.Message}. Choose a folder that can be", e);
        }
    }

    /// <inheritdoc cref="Writing"/>
    internal static void WriteText(string file, string text) => Writing(file, () => AtomicFile.WriteAllText(file, text));

    /// <summary>Writes a part of a run's folder.</summary>
    /// <exception cref="RunException">The disk is full or refuses.</exception>
    internal static void Writing(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"'{path}' could not be written: {e.Message}. Make room, or choose a folder that can be written; then resume the run", e);
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
