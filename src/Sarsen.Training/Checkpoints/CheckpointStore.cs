using System.Security.Cryptography;
using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;
using Sarsen.Training.Runs;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Checkpoints;

/// <summary>
/// The checkpoints of a run. One is written into a folder of its own beside the others, flushed to the disk and then
/// renamed, so what is there under its name is whole whenever the process dies; checksums tell damage of the disk.
/// The newest ones are kept, and the best.
/// </summary>
/// <param name="folder">Where they are; made when the first is saved.</param>
/// <param name="keep">How many of the newest are kept.</param>
public sealed class CheckpointStore(string folder, int keep)
{
    internal const string WeightsFile = "model.safetensors";
    internal const string OptimizerFile = "optimizer.safetensors";
    internal const string AverageFile = "average.safetensors";
    private const string StateFile = "state.json";
    private const string BestFile = "best";
    private const string Unfinished = ".writing";

    private sealed record Saved(TrainingState State, IReadOnlyDictionary<string, string> Sha256);

    /// <summary>Saves a checkpoint, and notes it as the best when it is.</summary>
    /// <exception cref="RunException">It could not be written; the ones before it are untouched.</exception>
    public void Save(Module module, Optimizer optimizer, TrainingState state, bool best, ExponentialMovingAverage? average = null)
    {
        string name = FormattableString.Invariant($"epoch-{state.Epoch:00000}-step-{state.Step:0000000000}");
        try
        {
            string path = Path.Combine(folder, name);
            if (!Directory.Exists(path))
                Write(path, module, optimizer, average, state);
            if (best)
                AtomicFile.WriteAllText(Path.Combine(folder, BestFile), name);
            Prune();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string last = Names().FirstOrDefault() is { } newest ? $"the last one that is whole is '{newest}'" : "there is none yet";
            throw new RunException($"checkpoint '{name}' could not be written to '{folder}': {e.Message}; {last}. Make room, then resume the run", e);
        }
    }

    /// <summary>The newest checkpoint that is whole; null when there is none.</summary>
    /// <param name="damaged">Told each newer one that is not, with the reason.</param>
    public Checkpoint? Newest(Action<string, string> damaged)
    {
        foreach (string name in Names())
        {
            if (Open(name, out string why) is { } checkpoint)
                return checkpoint;
            damaged(name, why);
        }
        return null;
    }

    /// <summary>The best checkpoint; null when none was noted.</summary>
    /// <exception cref="RunException">It is damaged.</exception>
    public Checkpoint? Best()
    {
        string file = Path.Combine(folder, BestFile);
        if (!File.Exists(file))
            return null;
        string name = File.ReadAllText(file);
        return Open(name, out string why) ?? throw new RunException($"the best checkpoint '{name}' is damaged: {why}");
    }

    private static void Write(string path, Module module, Optimizer optimizer, ExponentialMovingAverage? average, TrainingState state)
    {
        string temporary = path + Unfinished;
        if (Directory.Exists(temporary))
            Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        try
        {
            SafetensorsWriter.Write(Path.Combine(temporary, WeightsFile), module.State().Select(s => (s.Name, s.Value)));
            SafetensorsWriter.Write(Path.Combine(temporary, OptimizerFile), optimizer.State());
            if (average is not null)
                SafetensorsWriter.Write(Path.Combine(temporary, AverageFile), average.State());
            string[] files = average is null ? [WeightsFile, OptimizerFile] : [WeightsFile, OptimizerFile, AverageFile];
            var saved = new Saved(state, files.ToDictionary(f => f, f => Checksum(Path.Combine(temporary, f))));
            AtomicFile.WriteAllText(Path.Combine(temporary, StateFile), JsonSerializer.Serialize(saved, RunJson.File));
            AtomicFile.MoveFolder(temporary, path);
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    private Checkpoint? Open(string name, out string why)
    {
        string path = Path.Combine(folder, name);
        why = "";
        try
        {
            Saved saved = RunFolder.Read<Saved>(Path.Combine(path, StateFile));
            foreach ((string file, string sum) in saved.Sha256)
            {
                if (Checksum(Path.Combine(path, file)) != sum)
                    why = $"the checksum of {file} is not the one it was saved with";
            }
            return why.Length == 0 ? new Checkpoint(path, saved.State) : null;
        }
        catch (Exception e) when (e is IOException or RunException)
        {
            why = e.Message;
            return null;
        }
    }

    // Newest first: names sort by epoch and step.
    private IEnumerable<string> Names() => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder).Select(p => Path.GetFileName(p)).Where(n => !n.EndsWith(Unfinished, StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal)
        : [];

    private void Prune()
    {
        string bestFile = Path.Combine(folder, BestFile);
        string? best = File.Exists(bestFile) ? File.ReadAllText(bestFile) : null;
        foreach (string name in Names().Skip(keep).Where(n => n != best).ToArray())
            Directory.Delete(Path.Combine(folder, name), recursive: true);
        foreach (string left in Directory.EnumerateDirectories(folder, "*" + Unfinished).ToArray())
            Directory.Delete(left, recursive: true);
    }

    private static string Checksum(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
