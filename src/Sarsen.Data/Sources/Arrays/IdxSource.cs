using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Tables;
using Sarsen.Formats;

namespace Sarsen.Data.Sources.Arrays;

/// <summary>
/// IDX files, as MNIST has them: the columns are <c>image</c>, (N, H, W) as pictures (1, H, W), and <c>label</c>.
/// </summary>
[Description("Pictures and labels in IDX files, as MNIST has them.")]
[DefaultProperty(nameof(Images))]
public sealed record IdxSource : ArrayFileSource
{
    [Description("The file of pictures; gzip is unpacked."), DataType("path")]
    public required string Images { get; init; }

    [Description("The file of labels; nothing: there are none."), DataType("path")]
    public string? Labels { get; init; }

    public override IReadOnlyList<string> Files() => DataFiles.Find(Labels is null ? [Images] : [Images, Labels]);

    public override IRowSource Open(SourceContext context)
    {
        IReadOnlyList<string> files = Files();
        var columns = new List<ArrayFile> { new("image", files[0], IdxFile.Open, IsPicture: true) };
        if (Labels is not null)
            columns.Add(new ArrayFile("label", files[1], IdxFile.Open));
        return new ArrayRows(columns, this, context);
    }
}
