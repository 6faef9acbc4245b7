namespace Sarsen.Data;

/// <summary>What became of the rows.</summary>
/// <param name="Rows">Rows of the source or sources.</param>
/// <param name="Dropped">Rows that steps dropped, by step and part; nothing is dropped in silence.</param>
public sealed record PrepareReport(long Rows, IReadOnlyList<DroppedRows> Dropped);

/// <param name="Step">The step's word.</param>
/// <param name="Part">training, validation or test.</param>
/// <param name="Rows">How many rows.</param>
public sealed record DroppedRows(string Step, string Part, long Rows);
