using System.Globalization;
using System.Text;

namespace Sarsen.Data.BadRows;

/// <summary>
/// How many rows of a source were good and how many were left out. However often the source is read, each row counts
/// once.
/// </summary>
/// <param name="Policy">What the source was told to do with bad rows.</param>
/// <param name="Good">Rows that were read.</param>
/// <param name="Bad">Rows that were left out.</param>
/// <param name="First">The first of those left out, at most <see cref="MostKept"/>, their raw text cut to 200 characters.</param>
/// <param name="QuarantinePath">The file that holds all of them; null where none was written.</param>
public sealed record BadRowReport(OnBadRow Policy, long Good, long Bad, IReadOnlyList<BadRow> First, string? QuarantinePath)
{
    /// <summary>How many bad rows are kept.</summary>
    public const int MostKept = 20;

    /// <summary>For sources whose rows cannot be bad.</summary>
    public static BadRowReport None { get; } = new(OnBadRow.Fail, 0, 0, [], null);

    /// <summary>One line when all is well; else the counts, and a line for each row that was kept.</summary>
    public override string ToString()
    {
        if (Bad == 0)
            return string.Create(CultureInfo.InvariantCulture, $"{Good} rows, none left out");
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Good} rows, {Bad} left out");
        if (QuarantinePath is not null)
            text.Append(CultureInfo.InvariantCulture, $", written to {QuarantinePath}");
        foreach (BadRow row in First)
            text.Append(CultureInfo.InvariantCulture, $"\n  {row}");
        if (Bad > First.Count)
            text.Append(CultureInfo.InvariantCulture, $"\n  … and {Bad - First.Count} more");
        return text.ToString();
    }
}
