namespace Sarsen.Data.Splits;

/// <summary>One fold of a cross-validation: indices in ascending order.</summary>
/// <param name="Training">Everything else.</param>
/// <param name="HeldOut">The fold.</param>
public sealed record Fold(IReadOnlyList<long> Training, IReadOnlyList<long> HeldOut);
