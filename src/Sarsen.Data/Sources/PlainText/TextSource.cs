using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.BadRows;
using Sarsen.Data.Encodings;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Sources.PlainText;

/// <summary>
/// Plain text: a row for each line (blank ones too, without their line ends) or for each file. The columns are
/// <c>text</c>, and <c>label</c> where the folders are classes.
/// </summary>
[Description("Plain text, by lines or by files.")]
[DefaultProperty(nameof(Path))]
public sealed record TextSource : DataSource
{
    [Description("The file, or several, or a pattern such as mail/*/*.txt; gzip is unpacked."), DataType("path"), MinLength(1)]
    public required IReadOnlyList<string> Path { get; init; }

    [Description("What is one row.")]
    public TextUnit Unit { get; init; }

    [Description("Whether the name of a file's folder is the label of its rows.")]
    public bool FolderLabel { get; init; }

    [Description("How characters are written as bytes.")]
    public TextEncoding Encoding { get; init; }

    [Description("What becomes of a row that cannot be read.")]
    public OnBadRow OnBadRow { get; init; }

    public override IReadOnlyList<string> Files() => DataFiles.Find(Path);

    public override IRowSource Open(SourceContext context) => new TextRows(this, context);
}
