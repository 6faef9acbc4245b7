using Sarsen.Text.Templates;

namespace Sarsen.Text.Tests.Templates;

/// <summary>Templates that would never end, or take all memory or stack, end with the typed error.</summary>
public class TemplateLimitTests
{
    [Theory]
    [InlineData("{% for i in range(1000000000) %}{% endfor %}")]
    [InlineData("{{ 'a' * 1000000000 }}")]
    [InlineData("{{ ([0] * 1000) * 1000000 }}")]
    [InlineData("{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")]
    [InlineData("{% macro f(x=f()) %}{% endmacro %}{{ f() }}")]
    [InlineData("{% set l = [] %}{% do l.append(l) %}{{ l }}")]
    [InlineData("{% set l = [] %}{% do l.append(l) %}{{ l == [l] }}")]
    [InlineData("{% set ns = namespace(a=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a | tojson }}")]
    [InlineData("{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}")]
    [InlineData("{{ 'aaaa' | indent(1000000000, first=true) }}")]
    [InlineData("{{ [1] | tojson(indent=1000000000) }}")]
    [InlineData("{% set x = 'a' * 100000 %}{{ x.replace('a', x) }}")]
    public void ATemplateWithoutEndIsStopped(string source) =>
        Should.Throw<TemplateLimitException>(() => Template.Parse(source, TemplateOptions.Default).Render([]));

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("-", "")]
    [InlineData("not ", "")]
    [InlineData("1 + ", "")]
    [InlineData("1 if 1 else ", "")]
    public void AnExpressionThatIsNestedTooDeeplyIsRefused(string open, string close)
    {
        string source = "{{ " + string.Concat(Enumerable.Repeat(open, 5000)) + "1" + string.Concat(Enumerable.Repeat(close, 5000)) + " }}";
        Should.Throw<TemplateLimitException>(() => Template.Parse(source, TemplateOptions.Default));
    }

    [Fact]
    public void StatementsThatAreNestedTooDeeplyAreRefused()
    {
        string source = string.Concat(Enumerable.Repeat("{% if 1 %}", 5000)) + string.Concat(Enumerable.Repeat("{% endif %}", 5000));
        Should.Throw<TemplateLimitException>(() => Template.Parse(source, TemplateOptions.Default));
    }

    [Fact]
    public void AnErrorSaysWhereItIs()
    {
        TemplateException error = Should.Throw<TemplateException>(() => Template.Parse("a\n  {{ x.y.z }}", TemplateOptions.Default).Render([]));
        (error.Line, error.Column).ShouldBe((2, 7));
        error.Message.ShouldContain("'x' is undefined");
    }

    [Fact]
    public void WhatATemplateRefusesComesInItsOwnWords() =>
        Should.Throw<TemplateRaisedException>(() => Template.Parse("{{ raise_exception('roles must alternate') }}", TemplateOptions.Default).Render([]))
            .Reason.ShouldBe("roles must alternate");
}
