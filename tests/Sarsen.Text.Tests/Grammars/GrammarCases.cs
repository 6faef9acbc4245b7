using System.Text;
using System.Text.Json;
using Sarsen.Testing;
using Sarsen.Text.Grammars;

namespace Sarsen.Text.Tests.Grammars;

/// <summary>Grammars with a text that each accepts.</summary>
internal static class GrammarCases
{
    public static IEnumerable<(string Name, Grammar Grammar, byte[] Text)> All()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(TestData.PathOf(GrammarVectorTests.File)));
        var options = new JsonSchemaOptions { Unenforced = new HashSet<string> { "uniqueItems" } };
        foreach (JsonElement vector in json.RootElement.GetProperty("grammar").EnumerateArray())
            yield return ("grammar " + vector.GetProperty("name"), Grammar.FromGbnf(vector.GetProperty("grammar").GetString()!), Longest(vector));
        foreach (JsonElement vector in json.RootElement.GetProperty("schema").EnumerateArray())
        {
            using var schema = JsonDocument.Parse(vector.GetProperty("schema").GetString()!);
            yield return ("schema " + vector.GetProperty("name"), Grammar.FromJsonSchema(schema.RootElement, options), Longest(vector));
        }
        foreach ((string file, string text) in new[]
        {
            ("arithmetic", "(a +b) *42 =  12\nx=1\n"),
            ("c", "int main(){return 1+f(x, 2);while(a<=b){x = ( 1 );}//done\n}"),
            ("chess", "1. e4 e5\n2. Nf3 Nc6\n3. Bb5 a6\n4. O-O Qxd5+\n"),
            ("english", "Grammars say what may be written, and what may not."),
            ("japanese", "ひらがな、カタカナ漢字"),
            ("json", """{"a": [1, 2.5e3, "x\n\"y\"", {"b": null}], "c": {"d": true}}"""),
            ("json_arr", "[\n{\"a\": 1},\n[2, \"three\"]]"),
            ("list", "- one\n- two and more\n- drei\n"),
        })
        {
            yield return (file + ".gbnf", Grammar.FromGbnf(File.ReadAllText(TestData.PathOf($"{GrammarVectorTests.Folder}/{file}.gbnf"))), Encoding.UTF8.GetBytes(text));
        }
        yield return ("any JSON", Grammar.AnyJson(),
            """{"name": "Sarsen \"stone\"", "list": [[1, -2.5, [true, null]], {"deep": {"deeper": ["x", "y"]}}], "text": "Grüße, 世界 🤗 and a longer sentence to stay in."}"""u8.ToArray());
        yield return ("e-mail", Grammar.FromRegex(@"[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z]{2,})+"), "first.last+tag@mail-host.example.org"u8.ToArray());
    }

    private static byte[] Longest(JsonElement vector) =>
        Encoding.UTF8.GetBytes(vector.GetProperty("accept").EnumerateArray().Select(t => t.GetString()!).MaxBy(t => t.Length)!);
}
