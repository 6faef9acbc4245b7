using System.Text.Json;

namespace Sarsen.Training.Runs;

/// <summary>One line of a run's <c>events.jsonl</c>.</summary>
/// <param name="Version">The version of this record.</param>
/// <param name="Seq">Its number within the run, from 1, without gaps.</param>
/// <param name="UnixMs">When, in Unix milliseconds.</param>
/// <param name="Attempt">Which start of the run wrote it, from 1.</param>
/// <param name="Kind">What happened: see <see cref="RunEventKind"/>.</param>
/// <param name="Data">What else there is to say; its keys depend on the kind.</param>
public sealed record RunEvent(int Version, long Seq, long UnixMs, int Attempt, string Kind, JsonElement Data)
{
    public const int CurrentVersion = 1;
}
