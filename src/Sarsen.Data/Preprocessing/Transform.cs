using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing;

/// <summary>A step that is fitted and bound to its columns. Immutable; safe for any number of threads.</summary>
/// <param name="output">The columns it leaves.</param>
internal abstract class Transform(StepInput output)
{
    public StepInput Output => output;

    /// <summary>Transforms rows as prediction does: it drops none.</summary>
    /// <exception cref="FieldException">A value cannot be transformed.</exception>
    public abstract RowBlock Apply(RowBlock rows);

    /// <summary>Transforms a part of the data, where rows may be dropped and may depend on those before them.</summary>
    public virtual IEnumerable<RowBlock> Stream(IEnumerable<RowBlock> rows, Passage passage) => rows.Select(Apply);

    /// <summary>Rows that one row of the result is made of.</summary>
    public virtual int RowsNeeded => 1;

    /// <summary>The known values of a column that this step accepts and no other, or null.</summary>
    public virtual IReadOnlyList<string>? CategoriesOf(string column) => null;

    /// <summary>Whether a missing value of this column is filled in.</summary>
    public virtual bool Fills(string column) => false;

    /// <summary>Turns a value of a column that is predicted back into what it was before this step.</summary>
    public virtual double Undo(string column, double value) => value;

    /// <summary>The number of token ids of a column that this step made, or null.</summary>
    public virtual int? IdsOf(string column) => null;

    /// <summary>Names of the elements of a column that this step made, or null.</summary>
    public virtual IReadOnlyList<string>? ElementNames(string column) => null;
}
