namespace Sarsen.Data.Statistics;

/// <summary>
/// Counts different values by their 64-bit hashes: exactly up to <see cref="ExactLimit"/> (hashes of numbers never
/// collide, those of texts with a chance below 2⁻³²), above it by a <see cref="HyperLogLog"/>.
/// </summary>
internal sealed class DistinctCounter
{
    public const int ExactLimit = 1 << 16;

    private HashSet<ulong>? _seen = [];
    private HyperLogLog? _sketch;

    public bool IsExact => _sketch is null;

    public long Count => _sketch?.Estimate() ?? _seen!.Count;

    public void Add(ulong hash)
    {
        if (_sketch is not null)
        {
            _sketch.Add(hash);
            return;
        }
        if (!_seen!.Add(hash) || _seen.Count <= ExactLimit)
            return;
        _sketch = new HyperLogLog();
        foreach (ulong known in _seen)
            _sketch.Add(known);
        _seen = null;
    }
}
