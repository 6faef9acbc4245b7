using Sarsen.Data.BadRows;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Sources.JsonLines;
using Sarsen.Data.Sources.PlainText;
using Sarsen.Training.Spec;

namespace Sarsen;

/// <summary>The source of a file that is given by its path alone: its ending says what it is.</summary>
internal static class FileSource
{
    /// <summary>A file with rows for a model: read as the model's own data was, headers, separators and types included.</summary>
    /// <param name="path">The file.</param>
    /// <param name="folder">The model's folder.</param>
    /// <inheritdoc cref="Of"/>
    public static DataSource ForModel(string path, string folder)
    {
        string spec = Path.Combine(folder, "spec.yaml");
        DataSource? known = File.Exists(spec) ? RunSpec.Load(spec).Data.Source : null;
        if (known is TextSource text)
            return text with { Path = [path], OnBadRow = OnBadRow.Fail };
        RowFileSource source = Of(path);
        if (known is not RowFileSource own || own.GetType() != source.GetType())
            return source;
        // A row that is passed over would leave answers without their rows.
        return own with { Path = [path], OnBadRow = OnBadRow.Fail };
    }

    /// <exception cref="CommandException">The ending is none that is known.</exception>
    public static RowFileSource Of(string path)
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
