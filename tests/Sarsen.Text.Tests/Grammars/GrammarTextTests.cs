using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sarsen.Text.Grammars;

namespace Sarsen.Text.Tests.Grammars;

/// <summary>Patterns, schemas and JSON against .NET's own regular expressions and JSON reader.</summary>
public class GrammarTextTests
{
    [Theory]
    [InlineData("[a-c]{2,3}x?")]
    [InlineData("(ab|ba)*c")]
    [InlineData(@"\d+(\.\d+)?")]
    [InlineData("[^ab]+|a+?b")]
    [InlineData("(?:a|b(?<n>c))+")]
    [InlineData(".*ab.")]
    public void APatternMatchesWhatDotNetMatches(string pattern)
    {
        var expected = new Regex($"^(?:{pattern})\\z");
        Grammar grammar = Grammar.FromRegex(pattern);
        var random = new Random(7);
        int matches = 0;
        for (int round = 0; round < 3000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => "abcx1.\n"[random.Next(7)]));
            bool match = expected.IsMatch(text);
            grammar.Matches(Encoding.UTF8.GetBytes(text)).ShouldBe(match, text);
            matches += match ? 1 : 0;
        }
        matches.ShouldBeInRange(10, 2990);
    }

    [Theory]
    [InlineData(0, 0x10FFFF)]
    [InlineData(0x7F, 0x800)]
    [InlineData(0x3B1, 0xFFFE)]
    [InlineData(0xFFF0, 0x10FFF)]
    [InlineData(0x1F600, 0x1F64F)]
    public void ARangeOfCharactersMatchesExactlyTheirUtf8(int first, int last)
    {
        Grammar grammar = Grammar.FromRegex($@"[{char.ConvertFromUtf32(first == 0 ? 1 : first)}-{char.ConvertFromUtf32(last)}]".Replace("\u0001", @"\x00"));
        for (int scalar = 0; scalar <= 0x10FFFF; scalar += scalar < 0x1000 ? 1 : 7)
        {
            if (Rune.IsValid(scalar))
                grammar.Matches(Encoding.UTF8.GetBytes(char.ConvertFromUtf32(scalar))).ShouldBe(first <= scalar && scalar <= last, $"U+{scalar:X}");
        }
        grammar.Matches([0xC0, 0x80]).ShouldBeFalse();
        grammar.Matches([0xED, 0xA0, 0x80]).ShouldBeFalse();
    }

    [Theory]
    [InlineData(-1234, 77)]
    [InlineData(0, 0)]
    [InlineData(95, 1005)]
    [InlineData(-40, -7)]
    [InlineData(199, 200)]
    public void AnIntegerIsHeldWithinItsBounds(int min, int max)
    {
        using var schema = JsonDocument.Parse($$"""{"type": "integer", "minimum": {{min}}, "maximum": {{max}}}""");
        Grammar grammar = Grammar.FromJsonSchema(schema.RootElement);
        for (int i = -2000; i <= 2000; i++)
            grammar.Matches(Encoding.UTF8.GetBytes($"{i}")).ShouldBe(min <= i && i <= max, $"{i}");
    }

    [Theory]
    [InlineData("minimum", "maximum", -3, 12)]
    [InlineData("exclusiveMinimum", "exclusiveMaximum", -3, 12)]
    [InlineData("exclusiveMinimum", "maximum", 2, 2)]
    [InlineData("minimum", "exclusiveMaximum", 0, 1)]
    [InlineData("exclusiveMinimum", "exclusiveMaximum", -12, -9)]
    public void ANumberIsHeldWithinItsBounds(string lower, string upper, int min, int max)
    {
        using var schema = JsonDocument.Parse($$"""{"type": "number", "{{lower}}": {{min}}, "{{upper}}": {{max}}}""");
        Grammar grammar = min == max ? null! : Grammar.FromJsonSchema(schema.RootElement);
        if (min == max)
        {
            Should.Throw<GrammarException>(() => Grammar.FromJsonSchema(schema.RootElement)).Message.ShouldContain("no text");
            return;
        }
        for (int i = -2000; i <= 2000; i++)
        {
            decimal number = i / 100m;
            bool expected = (lower == "minimum" ? number >= min : number > min) && (upper == "maximum" ? number <= max : number < max);
            grammar.Matches(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{number}"))).ShouldBe(expected, $"{number}");
        }
    }

    [Fact]
    public void WhatAnyJsonMatchesIsJson()
    {
        Grammar grammar = Grammar.AnyJson();
        const string Marks = "{}[]\",:0123456789 truefalsn\\-.eE+";
        const string Sample = """{"a": [1, -2.5e-3, "x\u00e9\"\n", true], "b": {"c": null, "d": [[], {}]}, "e": 0}""";
        grammar.Matches(Encoding.UTF8.GetBytes(Sample.Replace("\n", "\\n"))).ShouldBeTrue();
        var random = new Random(3);
        int matches = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] text = Encoding.UTF8.GetBytes(Sample);
            for (int change = random.Next(3); change >= 0; change--)
                text[random.Next(text.Length)] = (byte)Marks[random.Next(Marks.Length)];
            if (!grammar.Matches(text))
                continue;
            matches++;
            Should.NotThrow(() => JsonDocument.Parse(text), Encoding.UTF8.GetString(text));
        }
        matches.ShouldBeGreaterThan(200);
    }

    [Fact]
    public void DamagedGrammarsEndTyped()
    {
        const string Marks = "()[]{}|*+?\"\\^-.:=#\n ,9ra";
        const string Source = "root ::= (item \",\")* item # list\nitem ::= [a-z_]{1,8} | \"(\" root \")\" | [^\\n\"]+ \"\\u00e9\"? .\n";
        var limits = new GrammarLimits { MaxStates = 5000 };
        var random = new Random(11);
        int compiled = 0, refused = 0;
        for (int round = 0; round < 2000; round++)
        {
            var text = new StringBuilder(Source);
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                int at = random.Next(text.Length);
                if (random.Next(2) == 0)
                    text.Remove(at, 1);
                else
                    text.Insert(at, Marks[random.Next(Marks.Length)]);
            }
            try
            {
                Grammar.FromGbnf(text.ToString(), limits).Matches("abc,(d)"u8);
                compiled++;
            }
            catch (GrammarException)
            {
                refused++;
            }
        }
        compiled.ShouldBeGreaterThan(100);
        refused.ShouldBeGreaterThan(100);
    }
}
