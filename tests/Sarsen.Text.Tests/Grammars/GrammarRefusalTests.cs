using System.Text.Json;
using Sarsen.Text.Grammars;

namespace Sarsen.Text.Tests.Grammars;

/// <summary>What cannot be compiled is refused with what is wrong, never ignored.</summary>
public class GrammarRefusalTests
{
    [Theory]
    [InlineData("", "root")]
    [InlineData("a ::= \"x\"", "root")]
    [InlineData("root ::= a", "'a'")]
    [InlineData("root ::= root \"x\" | \"x\"", "left recursion")]
    [InlineData("root ::= a\na ::= b? a \"x\" | \"x\"\nb ::= \"y\"", "left recursion")]
    [InlineData("root ::= a\na ::= b\nb ::= a | \"x\"", "left recursion")]
    [InlineData("root ::= \"x\" root", "no text")]
    [InlineData("root ::= \"x", "too early")]
    [InlineData("root ::= [z-a]", "range")]
    [InlineData("root ::= (\"x\"", "')'")]
    [InlineData("root ::= \"x\"{3,1}", "ends before")]
    [InlineData("root ::= <think>", "brackets")]
    [InlineData("root ::= \"\\q\"", "backslash")]
    [InlineData("root ::= \"x\"\nroot ::= \"y\"", "twice")]
    public void AWrongGrammarIsRefused(string source, string why) =>
        Should.Throw<GrammarException>(() => Grammar.FromGbnf(source)).Message.ShouldContain(why);

    [Theory]
    [InlineData("(?=a)", "looking around")]
    [InlineData("(?<!a)", "looking around")]
    [InlineData(@"(a)\1", @"\1")]
    [InlineData(@"\bword", @"\b")]
    [InlineData("a^b", "anchors")]
    [InlineData("a$b", "anchors")]
    [InlineData("^a|b$", "group")]
    [InlineData("a)", "closes nothing")]
    [InlineData("(a", "')'")]
    [InlineData("*a", "repeats nothing")]
    [InlineData("[b-a]", "range")]
    public void APatternThatNoAutomatonCanDoIsRefused(string pattern, string why) =>
        Should.Throw<GrammarException>(() => Grammar.FromRegex(pattern)).Message.ShouldContain(why);

    [Theory]
    [InlineData("""{"type": "array", "uniqueItems": true}""", "uniqueItems")]
    [InlineData("""{"not": {"type": "string"}}""", "not")]
    [InlineData("""{"type": "number", "multipleOf": 2}""", "multipleOf")]
    [InlineData("""{"type": "number", "minimum": 0.5}""", "whole")]
    [InlineData("""{"type": "integer", "minimum": 3, "maximum": 2}""", "no integer")]
    [InlineData("""{"type": "text"}""", "text")]
    [InlineData("""{"$ref": "https://example.com/other"}""", "$ref")]
    [InlineData("""{"$ref": "#/$defs/none"}""", "nothing")]
    [InlineData("""{"$ref": "#"}""", "left recursion")]
    [InlineData("""{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}""", "no text")]
    [InlineData("""{"properties": {}, "required": ["a"]}""", "'a'")]
    [InlineData("""{"oneOf": [{"type": "integer"}, {"type": "number"}]}""", "oneOf")]
    [InlineData("""{"anyOf": [{"type": "string"}], "properties": {}}""", "beside")]
    [InlineData("""{"type": "string", "pattern": "a", "minLength": 3}""", "one")]
    [InlineData("""{"type": "string", "minLength": 3, "maxLength": 2}""", "less")]
    [InlineData("""{"enum": []}""", "no text")]
    [InlineData("""false""", "no text")]
    [InlineData("""7""", "object or a boolean")]
    public void ASchemaThatCannotBeKeptIsRefused(string source, string why)
    {
        using var schema = JsonDocument.Parse(source);
        Should.Throw<GrammarException>(() => Grammar.FromJsonSchema(schema.RootElement)).Message.ShouldContain(why);
    }

    [Theory]
    [InlineData("root ::= ((((\"a\"{0,1000}){0,1000}){0,1000}){0,1000})")]
    [InlineData("root ::= \"a\"{0,999999999}")]
    [InlineData("root ::= (\"a\"|\"b\")* \"a\" (\"a\"|\"b\"){30}")]
    public void AGrammarBeyondItsLimitsIsRefused(string source) => Should.Throw<GrammarLimitException>(() => Grammar.FromGbnf(source));

    [Fact]
    public void RulesThatDoubleEachOtherAreCalledNotCopied() => Should.NotThrow(() => Grammar.FromGbnf(Doubling("", 60)));

    [Fact]
    public void ATextWithWaysWithoutNumberIsRefused() => Should.Throw<GrammarLimitException>(() => Grammar.FromGbnf(Doubling("?", 60)));

    // Each rule is twice the next, so that copies would be 2^depth.
    private static string Doubling(string mark, int depth) =>
        "root ::= a0\n" + string.Concat(Enumerable.Range(0, depth).Select(i => $"a{i} ::= (a{i + 1} a{i + 1}){mark}\n")) + $"a{depth} ::= \"x\"\n";

    [Fact]
    public void NestingBeyondTheLimitIsRefused() =>
        Should.Throw<GrammarLimitException>(() => Grammar.FromGbnf("root ::= " + new string('(', 5000) + "\"x\"" + new string(')', 5000)));

    [Fact]
    public void DeeperTextsThanTheLimitDoNotMatch()
    {
        Grammar json = Grammar.AnyJson(limits: new GrammarLimits { MaxDepth = 10 });
        json.Matches("[[[[1]]]]"u8).ShouldBeTrue();
        json.Matches("[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]"u8).ShouldBeFalse();
    }
}
