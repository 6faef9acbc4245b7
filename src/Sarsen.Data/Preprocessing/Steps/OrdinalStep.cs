using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// A category becomes its number, from 0, as an integer: in the order that is given, or sorted as the training rows
/// have them. An unknown value is refused, or becomes -1 (ignore), or the number behind the last (token).
/// </summary>
[Description("Categories as numbers.")]
[DefaultProperty(nameof(Columns))]
public sealed record OrdinalStep : FittedStep<IReadOnlyList<ColumnCategories>>
{
    [Description("The columns (text, integers or booleans); nothing: all features that are text.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("The categories of a column in their order; a column that is not here has those of the training rows, sorted.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Categories { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    [Description("What becomes of a value that is no known category.")]
    public UnknownCategory Unknown { get; init; }

    [Description("Most categories a column may have."), Range(1, 1 << 20)]
    public int MaxCategories { get; init; } = 1000;

    internal override IReadOnlyList<ColumnCategories> Fit(TrainingRows rows)
    {
        IReadOnlyList<ColumnInfo> columns = Columns is null
            ? rows.Input.Select(this, null, c => c.Type == ColumnType.Text, "text")
            : rows.Input.Select(this, Columns, ColumnValues.IsLabel, "text, integers or booleans");
        if (Categories.Keys.FirstOrDefault(name => columns.All(c => c.Name != name)) is { } stray)
            throw new DataException($"{Word}: 'categories' names '{stray}', which is none of its columns ({string.Join(", ", columns.Select(c => c.Name))})");
        if (Categories.FirstOrDefault(e => e.Value.Count == 0 || e.Value.Distinct().Count() < e.Value.Count).Key is { } empty)
            throw new DataException($"{Word}: the categories of '{empty}' must be one or more, each once");
        ColumnInfo[] open = [.. columns.Where(c => !Categories.ContainsKey(c.Name))];
        IReadOnlyList<ColumnCategories> found = open.Length == 0 ? [] : CategoryIndex.Fit(Word, rows, open, MaxCategories);
        return [.. columns.Select(c => found.FirstOrDefault(f => f.Column == c.Name) ?? new ColumnCategories(c.Name, Categories[c.Name]))];
    }

    internal override Transform Bind(StepInput input, IReadOnlyList<ColumnCategories> state) => new ColumnTransform(Word, input,
        from categories in state
        let column = input.Find(Word, categories.Column)
        where column is not null
        select Change(column, new CategoryIndex(Word, categories, Unknown)));

    private ColumnChange Change(ColumnInfo input, CategoryIndex index)
    {
        var output = new ColumnInfo(input.Name, ColumnType.Integer);
        return new ColumnChange(input, output, (column, rows) =>
        {
            long[] numbers = new long[column.Count];
            for (int row = 0; row < numbers.Length; row++)
                numbers[row] = index.Of(column, rows, row);
            return new Column<long>(output, numbers);
        })
        { Categories = Unknown == UnknownCategory.Error ? index.Values : null };
    }
}
