using Sarsen.Data.BadRows;

namespace Sarsen.Data.Tables;

/// <summary>Rows that can be read from the start any number of times, in the same order, without holding all of them.</summary>
public interface IRowSource
{
    Schema Schema { get; }

    /// <summary>Reads the rows in blocks; at most a few blocks are in memory at a time.</summary>
    IEnumerable<RowBlock> Read(CancellationToken stop);

    /// <summary>What was read and what was left out so far; complete once <see cref="Read"/> came to its end.</summary>
    BadRowReport BadRows => BadRowReport.None;
}
