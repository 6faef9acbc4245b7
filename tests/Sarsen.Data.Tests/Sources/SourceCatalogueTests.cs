using System.Text.Json;
using Sarsen.Data.Encodings;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Tables;
using Sarsen.Formats;

namespace Sarsen.Data.Tests.Sources;

public sealed class SourceCatalogueTests
{
    [Fact]
    public void Words_are_the_specs_words() =>
        SourceCatalogue.All.Select(e => e.Word).ShouldBe(["csv", "tsv", "jsonl", "text", "idx", "npy", "image_folder"]);

    [Fact]
    public void A_source_survives_a_stored_file()
    {
        JsonSerializerOptions json = CatalogueJson.Options((typeof(DataSource), SourceCatalogue.All));
        DataSource source = new CsvSource
        {
            Path = ["a.csv"],
            Separator = ";",
            Encoding = TextEncoding.Gb18030,
            Types = new Dictionary<string, ColumnType> { ["x"] = ColumnType.Time },
        };
        string text = JsonSerializer.Serialize(source, json);
        text.ShouldContain("\"encoding\": \"gb18030\"");
        JsonSerializer.Serialize(JsonSerializer.Deserialize<DataSource>(text, json), json).ShouldBe(text);
    }
}
