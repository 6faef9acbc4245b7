namespace Sarsen.Data.Splits;

/// <summary>The part of each row of a source: one byte a row.</summary>
public sealed class SplitAssignment
{
    private const int ChunkBits = 20;

    private readonly List<Part[]> _chunks = [];
    private readonly long[] _counts = new long[4];

    /// <summary>Rows.</summary>
    public long Count { get; private set; }

    public Part this[long row] => row >= 0 && row < Count
        ? _chunks[(int)(row >> ChunkBits)][row & ((1 << ChunkBits) - 1)]
        : throw new ArgumentOutOfRangeException(nameof(row), row, $"there are {Count} rows");

    public long CountOf(Part part) => _counts[(int)part];

    /// <summary>Adds the next row.</summary>
    public void Add(Part part)
    {
        int within = (int)(Count & ((1 << ChunkBits) - 1));
        if (within == 0)
            _chunks.Add(new Part[1 << ChunkBits]);
        _chunks[^1][within] = part;
        _counts[(int)part]++;
        Count++;
    }

    /// <summary>Changes a row's part.</summary>
    public void Set(long row, Part part)
    {
        _counts[(int)this[row]]--;
        _counts[(int)part]++;
        _chunks[(int)(row >> ChunkBits)][row & ((1 << ChunkBits) - 1)] = part;
    }
}
