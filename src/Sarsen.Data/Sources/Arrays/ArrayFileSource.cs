using System.ComponentModel;
using Sarsen.Data.BadRows;
using Sarsen.Data.Sources.Values;

namespace Sarsen.Data.Sources.Arrays;

/// <summary>
/// Rows from array files: each index of the first dimension is a row, and files side by side are columns. An array of
/// one dimension, or of (N, 1), is a column of single values: Integer, Number, Boolean or Text; any other is a column of
/// tensors, U8 as it is and every other type as F32.
/// </summary>
public abstract record ArrayFileSource : DataSource
{
    [Description("What becomes of rows with NaN or infinities; missing: the row's whole value is.")]
    public NonFinite NonFinite { get; init; }

    [Description("What becomes of a row that cannot be used.")]
    public OnBadRow OnBadRow { get; init; }
}
