using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// A category becomes a vector with a one in its place: column c of k categories becomes an array (k), in the order of
/// the categories, which are those of the training rows, sorted. A missing value is refused: impute it first.
/// </summary>
[Description("Categories as vectors with a one in their place.")]
[DefaultProperty(nameof(Columns))]
public sealed record OneHotStep : FittedStep<IReadOnlyList<ColumnCategories>>
{
    [Description("The columns (text, integers or booleans); nothing: all features that are text.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("What becomes of a value that the training rows did not have.")]
    public UnknownCategory Unknown { get; init; }

    [Description("Most categories a column may have."), Range(1, 1 << 20)]
    public int MaxCategories { get; init; } = 1000;

    internal override IReadOnlyList<ColumnCategories> Fit(TrainingRows rows) => CategoryIndex.Fit(Word, rows,
        Columns is null ? rows.Input.Select(this, null, c => c.Type == ColumnType.Text, "text") : rows.Input.Select(this, Columns, ColumnValues.IsLabel, "text, integers or booleans"),
        MaxCategories);

    internal override Transform Bind(StepInput input, IReadOnlyList<ColumnCategories> state) => new ColumnTransform(Word, input,
        from categories in state
        let column = input.Find(Word, categories.Column)
        where column is not null
        select Change(column, new CategoryIndex(Word, categories, Unknown)));

    private ColumnChange Change(ColumnInfo input, CategoryIndex index)
    {
        var output = new ColumnInfo(input.Name, ColumnType.Array, new Shape(index.Count));
        return new ColumnChange(input, output, (column, rows) =>
        {
            byte[] bytes = new byte[checked(column.Count * index.Count * sizeof(float))];
            Span<float> hot = MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
            for (int row = 0; row < column.Count; row++)
            {
                if (index.Of(column, rows, row) is >= 0 and var category)
                    hot[row * index.Count + category] = 1;
            }
            return new ArrayColumn(output, bytes, column.Count);
        })
        {
            Categories = Unknown == UnknownCategory.Error ? index.Values : null,
            ElementNames = [.. index.Values.Select(v => $"{input.Name}={v}"), .. Unknown == UnknownCategory.Token ? [$"{input.Name}=?"] : Array.Empty<string>()],
        };
    }
}
