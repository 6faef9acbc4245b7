using Sarsen.Text.Templates;

namespace Sarsen.Text.Tests.Templates;

/// <summary>Texts as Python's Jinja 3.1 writes them with trim_blocks and lstrip_blocks.</summary>
public class TemplateFormTests
{
    [Theory]
    [InlineData("{{ true }}|{{ none }}|{{ [1, 'a', none] }}|{{ {'k': (1,)} }}", "True|None|[1, 'a', None]|{'k': (1,)}")]
    [InlineData("{{ 1e16 }}|{{ 0.0001 }}|{{ 0.00001 }}|{{ 123456789.125 }}|{{ 1.0 }}|{{ 5e-324 }}|{{ 1.7976931348623157e308 }}", "1e+16|0.0001|1e-05|123456789.125|1.0|5e-324|1.7976931348623157e+308")]
    [InlineData("{{ -7 // 2 }}|{{ -7 % 3 }}|{{ 7 / 2 }}|{{ 2 ** 10 }}|{{ 2 ** -1 }}|{{ 7 % -3 }}", "-4|2|3.5|1024|0.5|-2")]
    [InlineData("{{ 'a\\'b' | string }}|{{ ['a\\'b', 'x\\ny'] }}", "a'b|[\"a'b\", 'x\\ny']")]
    [InlineData("{{ '🤗ab' | length }}|{{ '🤗ab'[0] }}|{{ '🤗ab'[1:] }}|{{ '🤗ab'[::-1] }}", "3|🤗|ab|ba🤗")]
    [InlineData("  {% if true %}\n  x\n  {% endif %}\ny\n", "  x\ny")]
    [InlineData("a {%+ if true +%}\nb{% endif %}", "a \nb")]
    [InlineData("{# c #}\n{% raw %}{{ x }}{% endraw %}\nz", "{{ x }}z")]
    [InlineData("{% generation %}\na{% endgeneration %}", "a")]
    [InlineData("{% for a, b in {'x': 1, 'y': 2}.items() %}{{ loop.index }}{{ a }}{{ b }}{{ ',' if not loop.last }}{% endfor %}", "1x1,2y2")]
    [InlineData("{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{% set j = joiner('-') %}{{ j() }}x{{ j() }}y", "abax-y")]
    [InlineData("{{ {1: 'one', 'a': 2}[1] }}|{{ {1: 'one'} | tojson }}", "one|{\"1\": \"one\"}")]
    [InlineData("{{ [1, 2, 3, 4] | batch(3) | list }}|{{ [3, 1, 2] | max }}|{{ 2.5 | round }}|{{ 3.14159 | round(2) }}", "[[1, 2, 3], [4]]|3|2.0|3.14")]
    [InlineData("{{ 'a,b,c'.rsplit(',', 1) }}|{{ 'x=1'.partition('=') }}|{{ 'ab\\ncd'.splitlines() }}", "['a,b', 'c']|('x', '=', '1')|['ab', 'cd']")]
    [InlineData("{{ strftime_now('%d %B %Y, %H:%M:%S %A %j %-d %I %p') }}", "10 July 2025, 09:05:03 Thursday 191 10 09 AM")]
    [InlineData("{{ 3 is divisibleby 3 }}|{{ 'a' is in ['a'] }}|{{ 1 is not none and 2 is number }}", "True|True|True")]
    public void ATextIsWrittenAsPythonWritesIt(string source, string expected) =>
        Template.Parse(source, TemplateVectors.Options with { TextForm = TextForm.Python }).Render([]).ShouldBe(expected);
}
