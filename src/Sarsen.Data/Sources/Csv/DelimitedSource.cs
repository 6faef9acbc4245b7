using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Sources.Values;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Sources.Csv;

/// <summary>
/// Tables as text with a separator between fields, in the form of RFC 4180 (see <see cref="CsvReader"/>). Several files
/// are one table: each has the first one's header. Numbers, integers, booleans and times may have spaces around them;
/// text is kept as it stands. A word for a missing value is one in any column, in quotes or not; in a column of text
/// only without quotes, except the empty text. An unnamed column of the header is called column_ and its position.
/// </summary>
public abstract record DelimitedSource : RowFileSource
{
    [Description("The character between fields.")]
    public abstract string Separator { get; init; }

    [Description("The character around fields that hold a separator or a line end; \"\": none.")]
    public string Quote { get; init; } = "\"";

    [Description("The character before decimals: a point or a comma.")]
    public string Decimal { get; init; } = ".";

    [Description("Whether the first line holds the names of the columns.")]
    public bool Header { get; init; } = true;

    [Description("The names of the columns, all of them; with a header, in its place."), MinLength(1)]
    public IReadOnlyList<string>? ColumnNames { get; init; }

    [Description("Lines at the start of each file that are passed over, before the header."), Range(0, int.MaxValue)]
    public int SkipLines { get; init; }

    [Description("What lines begin with that are passed over, such as #; \"\": no line is.")]
    public string Comment { get; init; } = "";

    [Description("Words for a value that is missing.")]
    public IReadOnlyList<string> Missing { get; init; } = ["", "NA", "N/A", "NaN", "nan", "null", "NULL"];

    [Description("What becomes of NaN and infinities in a column of numbers, where they are not words for missing.")]
    public NonFinite NonFinite { get; init; }

    public override IRowSource Open(SourceContext context)
    {
        CheckOptions();
        return CsvRows.Open(this, context);
    }

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (ValidationResult fault in base.Validate(validationContext))
            yield return fault;
        if (Separator is not [> '\0' and < '\x7F' and not ('\n' or '\r' or '"')])
            yield return new ValidationResult($"the separator must be one ASCII character, and neither a quote nor a line end; found '{Separator}'", [nameof(Separator)]);
        if (Quote is not ("" or [> ' ' and < '\x7F']))
            yield return new ValidationResult($"the quote must be one ASCII character, or \"\" for none; found '{Quote}'", [nameof(Quote)]);
        if (Decimal is not ("." or ","))
            yield return new ValidationResult($"decimal must be a point or a comma, found '{Decimal}'", [nameof(Decimal)]);
        if (Separator == Decimal || Separator == Quote || (Quote.Length > 0 && Comment.StartsWith(Quote, StringComparison.Ordinal)))
            yield return new ValidationResult($"separator '{Separator}', quote '{Quote}', decimal '{Decimal}' and comment '{Comment}' must differ");
        if (ColumnNames?.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            yield return new ValidationResult($"two columns are named '{twice.Key}'", [nameof(ColumnNames)]);
    }
}

/// <inheritdoc/>
[Description("Comma-separated values.")]
public sealed record CsvSource : DelimitedSource
{
    [Description("The character between fields.")]
    public override string Separator { get; init; } = ",";
}

/// <inheritdoc/>
[Description("Tab-separated values.")]
public sealed record TsvSource : DelimitedSource
{
    [Description("The character between fields.")]
    public override string Separator { get; init; } = "\t";
}
