using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.BadRows;
using Sarsen.Data.Encodings;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Sources;

/// <summary>
/// Text files that hold a table, a row after the other. The types of columns are given in <see cref="Types"/> or
/// inferred from the first rows (see <see cref="Values.TypeInference"/>); a later
/// value of another type makes its row a bad one.
/// </summary>
[DefaultProperty(nameof(Path))]
public abstract record RowFileSource : DataSource, IValidatableObject
{
    [Description("The file, or several, or a pattern such as data/part-*.csv; gzip is unpacked."), DataType("path"), MinLength(1)]
    public required IReadOnlyList<string> Path { get; init; }

    [Description("How characters are written as bytes.")]
    public TextEncoding Encoding { get; init; }

    [Description("Types of columns by name; the others are inferred from the first rows.")]
    public IReadOnlyDictionary<string, ColumnType> Types { get; init; } = new Dictionary<string, ColumnType>();

    [Description("How many rows the types are inferred from."), Range(1, 10_000_000)]
    public int SampleRows { get; init; } = 10_000;

    [Description("What becomes of a row that cannot be read.")]
    public OnBadRow OnBadRow { get; init; }

    public override IReadOnlyList<string> Files() => DataFiles.Find(Path);

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, ColumnType type) in Types)
        {
            if (type is ColumnType.Array)
                yield return new ValidationResult($"'{name}' cannot be given the type array: it is number, integer, boolean, text or time", [nameof(Types)]);
        }
    }

    /// <summary>For callers in C#, whom no binder checked.</summary>
    private protected void CheckOptions()
    {
        foreach (ValidationResult fault in Validate(new ValidationContext(this)))
            throw new DataException(fault.ErrorMessage!);
    }
}
