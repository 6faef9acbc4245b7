using System.ComponentModel;

namespace Sarsen.Data.Sources.JsonLines;

/// <summary>
/// JSON Lines: an object in each line, its fields the columns, in the order in which the sample has them. A field that
/// is null or not there is missing; blank lines are passed over. Types are inferred by <see cref="JsonTypes"/>; a field
/// that the sample does not have makes its row a bad one, unless its type is given.
/// </summary>
[Description("JSON Lines: an object in each line.")]
public sealed record JsonLinesSource : RowFileSource
{
    public override Tables.IRowSource Open(SourceContext context)
    {
        CheckOptions();
        return new JsonRows(this, context);
    }
}
