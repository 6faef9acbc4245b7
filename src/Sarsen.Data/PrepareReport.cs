using Sarsen.Data.BadRows;

namespace Sarsen.Data;

/// <summary>What became of the rows.</summary>
/// <param name="Rows">Rows of the source or sources.</param>
/// <param name="Dropped">Rows that steps dropped, by step and part; nothing is dropped in silence.</param>
/// <param name="Sources">Rows that sources could not read.</param>
public sealed record PrepareReport(long Rows, IReadOnlyList<DroppedRows> Dropped, IReadOnlyList<SourceRows> Sources);

/// <param name="Source">source, validation or test: the key of the data spec.</param>
/// <param name="Rows">What was read and what was left out.</param>
public sealed record SourceRows(string Source, BadRowReport Rows);

/// <param name="Step">The step's word.</param>
/// <param name="Part">training, validation or test.</param>
/// <param name="Rows">How many rows.</param>
public sealed record DroppedRows(string Step, string Part, long Rows);
