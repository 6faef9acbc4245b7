namespace Sarsen.Data.BadRows;

/// <summary>A row that could not be read.</summary>
/// <param name="File">The file it stands in.</param>
/// <param name="Line">The line of the fault, from 1; 0 where files have no lines.</param>
/// <param name="Column">The character within the line where the fault begins, from 1; 0 where files have no lines.</param>
/// <param name="Field">The name of the column of the table; null where the fault is not in one.</param>
/// <param name="Reason">What was found, what was expected, and the cure.</param>
/// <param name="Raw">The row as it stands in the file.</param>
public sealed record BadRow(string File, long Line, int Column, string? Field, string Reason, string Raw)
{
    /// <summary>« file:line:column: column 'age': reason».</summary>
    public override string ToString() =>
        $"{File}{(Line > 0 ? FormattableString.Invariant($":{Line}:{Column}") : "")}: {(Field is null ? "" : $"column '{Field}': ")}{Reason}";
}
