using System.Text;
using System.Text.Json;
using Sarsen.Text.Grammars;

namespace Sarsen.Text.Tests.Grammars;

/// <summary>Grammars with rules that are JSON Schemas.</summary>
public class SchemaRuleTests
{
    private static readonly Dictionary<string, JsonElement> s_schemas = new()
    {
        ["tree"] = JsonDocument.Parse("""{"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#"}}}, "required": ["kids"], "additionalProperties": false}""").RootElement,
        ["pair"] = JsonDocument.Parse("""{"type": "array", "items": {"$ref": "#/$defs/n"}, "minItems": 2, "maxItems": 2, "$defs": {"n": {"type": "integer"}}}""").RootElement,
        ["word"] = JsonDocument.Parse("""{"$ref": "#/$defs/n", "$defs": {"n": {"enum": ["a", "b"]}}}""").RootElement,
    };

    [Theory]
    [InlineData("""<{"kids": [{"kids": []}]}>""", true)]
    [InlineData("""<{"kids": [1]}>""", false)]
    [InlineData("""<[1, 2]>""", true)]
    [InlineData("""<["a", "b"]>""", false)]
    [InlineData("""<"a">""", true)]
    [InlineData("""<1>""", false)]
    [InlineData("""[1, 2]""", false)]
    public void Each_schema_has_references_of_its_own(string text, bool matches) =>
        Grammar.FromGbnf("root ::= \"<\" ( tree | pair | word ) \">\"", s_schemas).Matches(Encoding.UTF8.GetBytes(text)).ShouldBe(matches);

    [Fact]
    public void A_name_stands_for_one_thing()
    {
        Should.Throw<GrammarException>(() => Grammar.FromGbnf("root ::= pair\npair ::= \"x\"", s_schemas)).Message.ShouldContain("'pair' is there twice");
        Should.Throw<GrammarException>(() => Grammar.FromGbnf("root ::= other", s_schemas)).Message.ShouldContain("'other'");
    }

    [Fact]
    public void What_is_wrong_with_a_schema_is_said_with_its_name()
    {
        var schemas = new Dictionary<string, JsonElement> { ["odd"] = JsonDocument.Parse("""{"type": "object", "properties": {"x": {"not": {}}}}""").RootElement };
        Should.Throw<GrammarException>(() => Grammar.FromGbnf("root ::= odd", schemas)).Message.ShouldContain("odd#/properties/x");
    }
}
