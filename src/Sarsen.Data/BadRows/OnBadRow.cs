using System.ComponentModel;

namespace Sarsen.Data.BadRows;

/// <summary>What becomes of a row that cannot be read.</summary>
public enum OnBadRow
{
    [Description("The reading ends with the row's place and cause.")]
    Fail,

    [Description("The row is left out, counted and reported.")]
    Skip,

    [Description("The row is left out, counted, and written to the quarantine file with the cause.")]
    Quarantine,
}
