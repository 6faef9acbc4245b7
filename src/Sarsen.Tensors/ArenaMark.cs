namespace Sarsen.Tensors;

/// <summary>A height of the arena's stack: bytes and table slots.</summary>
internal readonly record struct ArenaMark(long Top, int Slots);
