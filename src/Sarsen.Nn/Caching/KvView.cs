namespace Sarsen.Nn;

/// <summary>What a pool holds of one sequence: its blocks in order, and how many tokens are in them.</summary>
/// <param name="Blocks">Numbers of blocks of the pool, one for each <see cref="KvPool.BlockPositions"/> positions; there may be room for more than Length.</param>
/// <param name="Length">Tokens whose keys and values are there.</param>
public readonly record struct KvView(ReadOnlyMemory<int> Blocks, int Length);
