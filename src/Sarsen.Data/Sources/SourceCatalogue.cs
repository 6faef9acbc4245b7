using Sarsen.Data.Sources.Arrays;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Sources.JsonLines;
using Sarsen.Data.Sources.Pictures;
using Sarsen.Data.Sources.PlainText;
using Sarsen.Formats;

namespace Sarsen.Data.Sources;

/// <summary>Every source there is; a new one is one more line.</summary>
public static class SourceCatalogue
{
    public static IReadOnlyList<CatalogueEntry> All { get; } =
    [
        new("csv", typeof(CsvSource)),
        new("tsv", typeof(TsvSource)),
        new("jsonl", typeof(JsonLinesSource), "json_lines", "ndjson"),
        new("text", typeof(TextSource)),
        new("idx", typeof(IdxSource)),
        new("npy", typeof(NpySource)),
        new("image_folder", typeof(ImageFolderSource)),
    ];
}
