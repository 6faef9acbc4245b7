using Sarsen.Data.Tables;
using Sarsen.Formats;

namespace Sarsen.Data.Preprocessing;

/// <summary>The columns that a step finds, and what they are for.</summary>
/// <param name="Schema">The columns. At prediction those that are predicted are not there, unless they are features too.</param>
/// <param name="Targets">The columns that are predicted.</param>
/// <param name="TargetsOnly">Those of them that are not features.</param>
internal sealed record StepInput(Schema Schema, IReadOnlyList<string> Targets, IReadOnlyList<string> TargetsOnly)
{
    public IEnumerable<ColumnInfo> Features => Schema.Columns.Where(c => !TargetsOnly.Contains(c.Name));

    /// <summary>The columns a step works on: those that it names, or every feature that fits.</summary>
    /// <param name="step">Who asks.</param>
    /// <param name="named">The step's <c>columns</c>.</param>
    /// <param name="fits">Which columns it can work on.</param>
    /// <param name="expected">The same in words: «numbers».</param>
    /// <exception cref="DataException">A named column is absent or does not fit, or none fits.</exception>
    public IReadOnlyList<ColumnInfo> Select(PreprocessStep step, IReadOnlyList<string>? named, Func<ColumnInfo, bool> fits, string expected)
    {
        if (named is null)
        {
            ColumnInfo[] all = [.. Features.Where(fits)];
            return all.Length > 0 ? all : throw new DataException(
                $"{step.Word}: no column fits; {expected} expected, found {Described(Features)}: leave the step out, or cast a column");
        }
        var columns = new List<ColumnInfo>();
        foreach (string name in named.Distinct())
        {
            if (Find(step.Word, name) is not { } column)
                continue;
            if (!fits(column))
                throw new DataException($"{step.Word}: column '{name}' is {Described(column)}; {expected} expected: cast it, or take it out of 'columns'");
            columns.Add(column);
        }
        return columns;
    }

    /// <summary>A column, or null where it is one that is predicted and so is not there.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public ColumnInfo? Find(string word, string name)
    {
        if (Schema.IndexOf(name) is >= 0 and var i)
            return Schema.Columns[i];
        return Targets.Contains(name) ? null : throw Absent(word, name, Schema);
    }

    public static DataException Absent(string word, string name, Schema schema)
    {
        string[] names = [.. schema.Columns.Select(c => c.Name)];
        string near = Suggestion.Nearest(name, names) is { } other ? $"; did you mean '{other}'?" : "";
        string more = names.Length > 20 ? $" and {names.Length - 20} more" : "";
        return new DataException($"{word}: there is no column '{name}'{near} There are {string.Join(", ", names.Take(20))}{more}");
    }

    public static string Described(ColumnInfo column) => column.Type switch
    {
        ColumnType.Number => "a number",
        ColumnType.Integer => "an integer",
        ColumnType.Boolean => "a boolean",
        ColumnType.Text => "text",
        ColumnType.Time => "a time",
        _ => $"an array {column.ElementShape} of {column.ElementType}",
    };

    private static string Described(IEnumerable<ColumnInfo> columns) =>
        columns.Any() ? string.Join(", ", columns.Take(20).Select(c => $"'{c.Name}' ({Described(c)})")) : "no column";
}
