using System.Runtime.InteropServices;
using Sarsen.Data.Splits;

namespace Sarsen.Data.Tables;

/// <summary>The rows of a source that belong to one part.</summary>
internal sealed class PartRows(IRowSource rows, SplitAssignment parts, Part part) : IRowSource
{
    public Schema Schema => rows.Schema;

    /// <exception cref="DataException">The source gives other rows than when they were dealt out.</exception>
    public IEnumerable<RowBlock> Read(CancellationToken stop)
    {
        long next = 0;
        foreach (RowBlock block in rows.Read(stop))
        {
            if (next + block.Count > parts.Count)
                throw Changed();
            var taken = new List<int>();
            for (int row = 0; row < block.Count; row++)
            {
                if (parts[next + row] == part)
                    taken.Add(row);
            }
            next += block.Count;
            if (taken.Count > 0)
                yield return taken.Count == block.Count ? block : block.Take(CollectionsMarshal.AsSpan(taken));
        }
        if (next != parts.Count)
            throw Changed();
    }

    private DataException Changed() => new($"the source gave {parts.Count} rows when they were split, and another number now; it must not change while it is read");
}
