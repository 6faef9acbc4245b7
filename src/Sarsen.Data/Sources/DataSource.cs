using Sarsen.Data.Tables;

namespace Sarsen.Data.Sources;

/// <summary>
/// Where rows come from, as a spec says it: a record with a parameterless constructor, its options as init properties.
/// A new source is one file and one line in <see cref="SourceCatalogue"/>.
/// </summary>
public abstract record DataSource
{
    /// <summary>Opens the rows: checks that the files are there and finds the columns, reading as little as that needs.</summary>
    /// <exception cref="DataException">The data is not what the source says; cause, place and cure are in the message.</exception>
    public abstract IRowSource Open(SourceContext context);

    /// <summary>The files that hold the data, in the order they are read.</summary>
    public abstract IReadOnlyList<string> Files();
}
