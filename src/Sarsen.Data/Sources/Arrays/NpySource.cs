using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Tables;
using Sarsen.Formats;

namespace Sarsen.Data.Sources.Arrays;

/// <summary>numpy's npy files: the columns are <c>features</c> and <c>label</c>.</summary>
[Description("Features and labels in npy files, numpy's format.")]
[DefaultProperty(nameof(Features))]
public sealed record NpySource : ArrayFileSource
{
    [Description("The file of features; gzip is unpacked."), DataType("path")]
    public required string Features { get; init; }

    [Description("The file of labels; nothing: there are none."), DataType("path")]
    public string? Labels { get; init; }

    public override IReadOnlyList<string> Files() => DataFiles.Find(Labels is null ? [Features] : [Features, Labels]);

    public override IRowSource Open(SourceContext context)
    {
        IReadOnlyList<string> files = Files();
        var columns = new List<ArrayFile> { new("features", files[0], NpyFile.Open) };
        if (Labels is not null)
            columns.Add(new ArrayFile("label", files[1], NpyFile.Open));
        return new ArrayRows(columns, this, context);
    }
}
