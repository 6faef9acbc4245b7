using System.Text;
using System.Text.Json;
using Sarsen.Testing;
using Sarsen.Text.Grammars;

namespace Sarsen.Text.Tests.Grammars;

/// <summary>The grammars and schemas of llama.cpp's integration tests, with the texts that each accepts and rejects.</summary>
public class GrammarVectorTests
{
    public const string Folder = "conformance/gbnf", File = Folder + "/llama.cpp_grammar_integration.json";

    // One schema wants unique items beside what can be enforced; its texts do not depend on it.
    private static readonly JsonSchemaOptions Options = new() { Unenforced = new HashSet<string> { "uniqueItems" } };

    [DataFact(File)]
    public void EveryGrammarAcceptsAndRejectsItsTexts() => Check("grammar", 12, source => Grammar.FromGbnf(source));

    [DataFact(File)]
    public void EverySchemaAcceptsAndRejectsItsTexts() => Check("schema", 33, source =>
    {
        using var schema = JsonDocument.Parse(source);
        return Grammar.FromJsonSchema(schema.RootElement, Options);
    });

    [DataFact(Folder)]
    public void EveryGrammarOfTheGuideCompiles()
    {
        foreach (string file in Directory.EnumerateFiles(TestData.PathOf(Folder), "*.gbnf"))
            Should.NotThrow(() => Grammar.FromGbnf(System.IO.File.ReadAllText(file)), file);
    }

    private static void Check(string kind, int expected, Func<string, Grammar> compile)
    {
        using var json = JsonDocument.Parse(System.IO.File.ReadAllText(TestData.PathOf(File)));
        JsonElement vectors = json.RootElement.GetProperty(kind);
        var failures = new List<string>();
        foreach (JsonElement vector in vectors.EnumerateArray())
        {
            string name = vector.GetProperty("name").GetString()!, source = vector.GetProperty(kind).GetString()!;
            try
            {
                Grammar grammar = compile(source);
                foreach (string which in new[] { "accept", "reject" })
                {
                    foreach (string text in vector.GetProperty(which).EnumerateArray().Select(t => t.GetString()!))
                    {
                        if (grammar.Matches(Encoding.UTF8.GetBytes(text)) != (which == "accept"))
                            failures.Add($"{name}: should {which} {text}");
                    }
                }
            }
            catch (GrammarException e)
            {
                failures.Add($"{name}: {e.Message}");
            }
        }
        failures.ShouldBeEmpty();
        vectors.GetArrayLength().ShouldBe(expected);
    }
}
