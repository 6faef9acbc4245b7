using System.ComponentModel;
using Sarsen.Data.Tables;
using Sarsen.Formats;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>What becomes of a value that the training rows did not have.</summary>
public enum UnknownCategory
{
    [Description("refuse the row, with the value and the nearest known one")]
    Error,

    [Description("no category: all zeros, or -1")]
    Ignore,

    [Description("a category of its own, behind the known ones")]
    Token,
}

/// <param name="Column">The column.</param>
/// <param name="Values">Its categories, in order.</param>
public sealed record ColumnCategories(string Column, IReadOnlyList<string> Values);

/// <summary>Numbers the categories of one column.</summary>
internal sealed class CategoryIndex
{
    private readonly Dictionary<string, int> _index;
    private readonly string _word;
    private readonly UnknownCategory _unknown;

    public CategoryIndex(string word, ColumnCategories categories, UnknownCategory unknown)
    {
        (_word, _unknown, Values) = (word, unknown, categories.Values);
        _index = categories.Values.Select((v, i) => (v, i)).ToDictionary(p => p.v, p => p.i, StringComparer.Ordinal);
    }

    public IReadOnlyList<string> Values { get; }

    /// <summary>The categories, with one more where unknown values have their own.</summary>
    public int Count => Values.Count + (_unknown == UnknownCategory.Token ? 1 : 0);

    /// <summary>The number of a row's category; -1 for an unknown value that is ignored.</summary>
    /// <exception cref="FieldException">The value is missing, or unknown and that is an error.</exception>
    public int Of(Column column, RowBlock rows, int row)
    {
        if (ColumnValues.IsMissing(column, row))
            throw ColumnValues.Missing(_word, column, rows, row);
        string label = ColumnValues.Label(column, row);
        if (_index.TryGetValue(label, out int i))
            return i;
        if (_unknown != UnknownCategory.Error)
            return _unknown == UnknownCategory.Token ? Values.Count : -1;
        string near = Suggestion.Nearest(label, Values) is { } other ? $"; did you mean '{other}'?" : "";
        string more = Values.Count > 20 ? $" and {Values.Count - 20} more" : "";
        throw new FieldException($"{_word}: '{column.Info.Name}' of row {rows.NumberOf(row)} is '{Shorten(label)}', which the training rows did not have{near} "
            + $"Known are {string.Join(", ", Values.Take(20))}{more}; 'unknown: ignore' or 'unknown: token' lets others pass", column.Info.Name, rows.NumberOf(row));
    }

    /// <summary>The distinct values of columns, sorted: text by UTF-16 code units, integers by value.</summary>
    /// <exception cref="DataException">A column has no value, or more than <paramref name="most"/>.</exception>
    public static IReadOnlyList<ColumnCategories> Fit(string word, TrainingRows rows, IReadOnlyList<ColumnInfo> columns, int most)
    {
        HashSet<string>[] seen = [.. columns.Select(_ => new HashSet<string>(StringComparer.Ordinal))];
        foreach (RowBlock block in rows.Read())
        {
            for (int c = 0; c < seen.Length; c++)
                Collect(word, block[columns[c].Name], seen[c], most);
        }
        for (int c = 0; c < seen.Length; c++)
        {
            if (seen[c].Count == 0)
                throw new DataException($"{word}: column '{columns[c].Name}' has no value in the training rows; drop it with 'drop_columns'");
        }
        return [.. columns.Select((c, i) => new ColumnCategories(c.Name, [.. seen[i].Order(ColumnValues.LabelOrder(c.Type))]))];
    }

    private static void Collect(string word, Column column, HashSet<string> seen, int most)
    {
        for (int row = 0; row < column.Count; row++)
        {
            if (!ColumnValues.IsMissing(column, row))
                seen.Add(ColumnValues.Label(column, row));
        }
        if (seen.Count > most)
            throw new DataException($"{word}: column '{column.Info.Name}' has more than {most} categories; drop or tokenize it, or raise 'max_categories'");
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "...";
}
