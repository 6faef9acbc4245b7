namespace Sarsen.Data.Sources.Values;

/// <summary>Why a value is none of its column's type.</summary>
internal enum FieldFault
{
    None,

    /// <summary>It is written as something else.</summary>
    NotOfType,

    /// <summary>NaN or infinite, where the source refuses that.</summary>
    NotFinite,

    /// <summary>Written rightly, but beyond 64 bits.</summary>
    OutOfRange,

    /// <summary>Its bytes are no characters.</summary>
    NotText,
}
