using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.BadRows;
using Sarsen.Data.Tables;
using Sarsen.Formats.Pictures;

namespace Sarsen.Data.Sources.Pictures;

/// <summary>
/// Pictures (PNG, JPEG) by class: each folder in the named one is a class, and every file in it or below it a picture.
/// The columns are <c>image</c>, (C, H, W) in U8, and <c>label</c>, the folder's name. Folders and files come in the
/// order of their names by character codes; those whose name begins with a dot are passed over, as is what lies beside
/// the folders. A model takes pictures of one size: that of the first, or the size that is given.
/// </summary>
[Description("Pictures in folders, one for each class.")]
[DefaultProperty(nameof(Path))]
public sealed record ImageFolderSource : DataSource
{
    /// <summary>Above this a size is no size of samples but a slip.</summary>
    private const int MaxSide = 1 << 13;

    [Description("The folder that holds a folder for each class."), DataType("path")]
    public required string Path { get; init; }

    [Description("Channels of the pictures: 1 for grey, 3 for colour."), Range(1, 3)]
    public int Channels { get; init; } = 3;

    [Description("Rows and columns that pictures are scaled to, one number for both; nothing: all have the size of the first."), Length(1, 2), Range(1, MaxSide)]
    public IReadOnlyList<int>? Size { get; init; }

    [Description("What becomes of transparency.")]
    public AlphaPolicy Alpha { get; init; }

    [Description("What becomes of a picture that cannot be read.")]
    public OnBadRow OnBadRow { get; init; }

    public override IReadOnlyList<string> Files() => [.. ClassFolder.All(Path).SelectMany(c => c.Files)];

    public override IRowSource Open(SourceContext context)
    {
        if (Channels is not (1 or 3))
            throw new DataException($"channels must be 1 or 3, found {Channels}");
        if (Size is not null && (Size.Count is not (1 or 2) || Size.Any(s => s is < 1 or > MaxSide)))
            throw new DataException($"size must be one or two numbers from 1 to {MaxSide}, found [{string.Join(", ", Size)}]");
        return new PictureRows(this, context);
    }
}
