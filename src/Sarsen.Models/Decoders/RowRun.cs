namespace Sarsen.Models.Decoders;

/// <summary>Parts one under the other, and which of their rows a row of the whole is.</summary>
internal sealed class RowRun
{
    private readonly long[] _first;

    /// <param name="parts">Each with its count of rows.</param>
    public RowRun(IReadOnlyList<TensorPart> parts)
    {
        Parts = parts;
        _first = new long[parts.Count];
        for (int i = 0; i < parts.Count; i++)
        {
            _first[i] = Rows;
            Rows += parts[i].Count!.Value;
        }
    }

    public IReadOnlyList<TensorPart> Parts { get; }

    public long Rows { get; }

    /// <summary>The stored rows of rows <paramref name="first"/> … + <paramref name="count"/> - 1.</summary>
    public IEnumerable<(TensorPart Part, long Row, long Stored, long Rows)> Pieces(long first, long count)
    {
        int at = Array.BinarySearch(_first, first);
        for (int i = at >= 0 ? at : ~at - 1; i < Parts.Count && _first[i] < first + count; i++)
        {
            long from = Math.Max(first, _first[i]), to = Math.Min(first + count, _first[i] + Parts[i].Count!.Value);
            if (from < to)
                yield return (Parts[i], from, Parts[i].First + from - _first[i], to - from);
        }
    }
}
