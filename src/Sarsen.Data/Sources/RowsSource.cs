using Sarsen.Data.Tables;

namespace Sarsen.Data.Sources;

/// <summary>Rows that a program has already, such as <see cref="MemoryRows"/>; has no word in a spec.</summary>
public sealed record RowsSource(IRowSource Rows) : DataSource
{
    public override IRowSource Open(SourceContext context) => Rows;

    public override IReadOnlyList<string> Files() => [];
}
