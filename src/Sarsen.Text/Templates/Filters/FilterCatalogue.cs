using System.Collections.Frozen;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Filters;

/// <summary>What stands behind a bar: the value, and the arguments in parentheses.</summary>
internal delegate object? FilterFunction(Rendering rendering, object? value, Arguments arguments);

/// <summary>All filters, by the names and rules of Jinja 3.1. One more is one function and one line here.</summary>
internal static class FilterCatalogue
{
    public static FrozenDictionary<string, FilterFunction> All { get; } = new Dictionary<string, FilterFunction>
    {
        ["abs"] = NumberFilters.Abs,
        ["attr"] = ItemFilters.Attr,
        ["batch"] = ListFilters.Batch,
        ["capitalize"] = TextFilters.Capitalize,
        ["count"] = ListFilters.Length,
        ["d"] = ItemFilters.Default,
        ["default"] = ItemFilters.Default,
        ["dictsort"] = SortFilters.DictSort,
        ["e"] = TextFilters.Escape,
        ["escape"] = TextFilters.Escape,
        ["first"] = ListFilters.First,
        ["float"] = NumberFilters.Float,
        ["from_json"] = JsonFilters.FromJson,
        ["groupby"] = SortFilters.GroupBy,
        ["indent"] = TextFilters.Indent,
        ["int"] = NumberFilters.Int,
        ["items"] = ItemFilters.Items,
        ["join"] = TextFilters.Join,
        ["last"] = ListFilters.Last,
        ["length"] = ListFilters.Length,
        ["list"] = ListFilters.List,
        ["lower"] = TextFilters.Lower,
        ["map"] = SelectFilters.Map,
        ["max"] = SortFilters.Max,
        ["min"] = SortFilters.Min,
        ["reject"] = SelectFilters.Reject,
        ["rejectattr"] = SelectFilters.RejectAttr,
        ["replace"] = TextFilters.Replace,
        ["reverse"] = ListFilters.Reverse,
        ["round"] = NumberFilters.Round,
        ["safe"] = TextFilters.Safe,
        ["select"] = SelectFilters.Select,
        ["selectattr"] = SelectFilters.SelectAttr,
        ["sort"] = SortFilters.Sort,
        ["string"] = TextFilters.String,
        ["sum"] = ListFilters.Sum,
        ["title"] = TextFilters.Title,
        ["tojson"] = JsonFilters.ToJson,
        ["trim"] = TextFilters.Trim,
        ["unique"] = ListFilters.Unique,
        ["upper"] = TextFilters.Upper,
        ["wordcount"] = TextFilters.WordCount,
    }.ToFrozenDictionary();
}
