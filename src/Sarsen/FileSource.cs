using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Sources.JsonLines;

namespace Sarsen;

/// <summary>The source of a file that is given by its path alone: its ending says what it is.</summary>
internal static class FileSource
{
    /// <exception cref="CommandException">The ending is none that is known.</exception>
    public static DataSource Of(string path)
    {
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".csv" => new CsvSource { Path = [path] },
            ".tsv" => new TsvSource { Path = [path] },
            ".jsonl" or ".ndjson" => new JsonLinesSource { Path = [path] },
            _ => throw new CommandException($"'{path}' is none of .csv, .tsv and .jsonl (each also with .gz): say in a spec what it is, and give that"),
        };
    }
}
