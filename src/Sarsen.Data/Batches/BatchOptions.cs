namespace Sarsen.Data.Batches;

/// <summary>How a <see cref="BatchReader"/> goes through a set.</summary>
public sealed record BatchOptions
{
    /// <summary>Samples a batch, one or more.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Whether each epoch has an order of its own, which follows from <see cref="Seed"/> and the epoch alone.</summary>
    public bool Shuffle { get; init; }

    public ulong Seed { get; init; }

    /// <summary>Leave out the last batch of an epoch when it is not full.</summary>
    public bool DropLast { get; init; }

    /// <summary>Batches that are filled before they are asked for.</summary>
    public int ReadAhead { get; init; } = 2;
}
