using System.ComponentModel;

namespace Sarsen.Data.Sources.Values;

/// <summary>What becomes of NaN and infinities in a column of numbers.</summary>
public enum NonFinite
{
    [Description("The row is a bad one.")]
    Error,

    [Description("The value is missing.")]
    Missing,

    [Description("The value is kept as it is.")]
    Keep,
}
