using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing;

/// <summary>A field that a row of raw values has at prediction.</summary>
/// <param name="Column">Name and type.</param>
/// <param name="Required">Whether a row without it is refused; false where a missing value is imputed.</param>
/// <param name="Categories">The values that are known, where only those are; else null.</param>
public sealed record FieldInfo(ColumnInfo Column, bool Required, IReadOnlyList<string>? Categories);
