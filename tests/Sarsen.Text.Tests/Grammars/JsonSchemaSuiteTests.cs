using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Sarsen.Testing;
using Sarsen.Text.Grammars;

namespace Sarsen.Text.Tests.Grammars;

/// <summary>
/// The official suite of JSON Schema, draft 2020-12: of each schema that compiles, no invalid instance may match. Valid ones
/// may be rejected, since output is held more strictly (properties that are not named, other types beside a keyword's own).
/// </summary>
public class JsonSchemaSuiteTests
{
    private const string Suite = "conformance/json-schema-test-suite/suite.tar.gz";

    [DataFact(Suite)]
    public void NoInvalidInstanceMatches()
    {
        var wrong = new List<string>();
        int compiled = 0, refused = 0, invalid = 0, valid = 0, matched = 0;
        foreach ((string file, JsonElement group) in Groups())
        {
            Grammar grammar;
            try
            {
                grammar = Grammar.FromJsonSchema(group.GetProperty("schema"));
                compiled++;
            }
            catch (GrammarException)
            {
                refused++;
                continue;
            }
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                bool matches = grammar.Matches(JsonSerializer.SerializeToUtf8Bytes(test.GetProperty("data")));
                if (test.GetProperty("valid").GetBoolean())
                {
                    valid++;
                    matched += matches ? 1 : 0;
                }
                else
                {
                    invalid++;
                    if (matches)
                        wrong.Add($"{file}: {group.GetProperty("description")}: {test.GetProperty("description")}");
                }
            }
        }
        string counts = $"{compiled} compiled, {refused} refused; {invalid} invalid; {matched} of {valid} valid match";
        wrong.ShouldBeEmpty(counts);
        compiled.ShouldBeGreaterThan(100, counts);
        invalid.ShouldBeGreaterThan(150, counts);
        matched.ShouldBeGreaterThan(150, counts);
    }

    private static IEnumerable<(string File, JsonElement Group)> Groups()
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(TestData.PathOf(Suite)), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null || !entry.Name.Contains("draft2020-12/", StringComparison.Ordinal) || entry.Name.Contains("/optional/", StringComparison.Ordinal) || !entry.Name.EndsWith(".json", StringComparison.Ordinal))
                continue;
            using var json = JsonDocument.Parse(entry.DataStream);
            if (json.RootElement.ValueKind != JsonValueKind.Array)
                continue;
            foreach (JsonElement group in json.RootElement.EnumerateArray())
                yield return (Path.GetFileName(entry.Name), group.Clone());
        }
    }
}
