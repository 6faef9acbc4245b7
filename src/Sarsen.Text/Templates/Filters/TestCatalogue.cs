using System.Collections.Frozen;
using Sarsen.Text.Templates.Methods;
using Sarsen.Text.Templates.Syntax;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Filters;

/// <summary>What stands behind <c>is</c>.</summary>
internal delegate bool TestFunction(Rendering rendering, object? value, Arguments arguments);

/// <summary>All tests, by the names and rules of Jinja 3.1. One more is one line here.</summary>
internal static class TestCatalogue
{
    public static FrozenDictionary<string, TestFunction> All { get; } = new Dictionary<string, TestFunction>
    {
        ["boolean"] = (r, v, a) => v is bool,
        ["callable"] = (r, v, a) => v is Callable,
        ["defined"] = (r, v, a) => v is not Undefined,
        ["divisibleby"] = (r, v, a) => Whole(r, v) is var n && a.Bind(r, "num").Integer(0) is var by && by != 0 ? n % (by == -1 ? 1 : by) == 0 : throw r.Fail("division by zero"),
        ["even"] = (r, v, a) => Whole(r, v) % 2 == 0,
        ["false"] = (r, v, a) => v is false,
        ["filter"] = (r, v, a) => v is string name && FilterCatalogue.All.ContainsKey(name),
        ["float"] = (r, v, a) => v is double,
        ["in"] = (r, v, a) => Ordering.Contains(r, a.Bind(r, "seq").Any(0), v),
        ["integer"] = (r, v, a) => v is long,
        ["iterable"] = (r, v, a) => Iteration.IsIterable(v),
        ["lower"] = (r, v, a) => TextMethods.IsLower(ValueText.Of(r, v)),
        ["mapping"] = (r, v, a) => v is DictValue and not NamespaceValue,
        ["none"] = (r, v, a) => v is null,
        ["number"] = (r, v, a) => v is long or double,
        ["odd"] = (r, v, a) => Whole(r, v) % 2 != 0,
        ["sameas"] = (r, v, a) => a.Bind(r, "other").Any(0) is var other && (ReferenceEquals(v, other) || (v is bool or long && Equals(v, other))),
        ["sequence"] = (r, v, a) => v is ListValue or string || (v is DictValue and not NamespaceValue),
        ["string"] = (r, v, a) => v is string,
        ["test"] = (r, v, a) => v is string name && All!.ContainsKey(name),
        ["true"] = (r, v, a) => v is true,
        ["undefined"] = (r, v, a) => v is Undefined,
        ["upper"] = (r, v, a) => TextMethods.IsUpper(ValueText.Of(r, v)),
        ["eq"] = Comparing(ComparisonOperator.Equal),
        ["equalto"] = Comparing(ComparisonOperator.Equal),
        ["=="] = Comparing(ComparisonOperator.Equal),
        ["ne"] = Comparing(ComparisonOperator.NotEqual),
        ["!="] = Comparing(ComparisonOperator.NotEqual),
        ["lt"] = Comparing(ComparisonOperator.Less),
        ["lessthan"] = Comparing(ComparisonOperator.Less),
        ["<"] = Comparing(ComparisonOperator.Less),
        ["le"] = Comparing(ComparisonOperator.LessOrEqual),
        ["<="] = Comparing(ComparisonOperator.LessOrEqual),
        ["gt"] = Comparing(ComparisonOperator.Greater),
        ["greaterthan"] = Comparing(ComparisonOperator.Greater),
        [">"] = Comparing(ComparisonOperator.Greater),
        ["ge"] = Comparing(ComparisonOperator.GreaterOrEqual),
        [">="] = Comparing(ComparisonOperator.GreaterOrEqual),
    }.ToFrozenDictionary();

    private static TestFunction Comparing(ComparisonOperator op) => (r, v, a) => Ordering.Holds(r, op, v, a.Bind(r, "other").Any(0));

    private static long Whole(Rendering r, object? value) =>
        value is long n ? n : throw r.Fail($"the test needs a whole number, not {Value.TypeName(value)}");
}
