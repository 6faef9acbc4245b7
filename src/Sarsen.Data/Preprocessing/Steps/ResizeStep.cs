using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing.Arrays;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// Pictures of another size, by a triangle filter over pixel centres: bilinear where it enlarges, and where it reduces
/// as wide as the reduction, so that nothing is skipped (as Pillow's BILINEAR). Bytes stay bytes, rounded.
/// </summary>
[Description("Change the size of pictures.")]
public sealed record ResizeStep : PictureStep
{
    [Description("Height of the result, in pixels."), Range(1, 1 << 14)]
    public required int Height { get; init; }

    [Description("Width of the result, in pixels."), Range(1, 1 << 14)]
    public required int Width { get; init; }

    private protected override ArrayOperation Operation(ColumnInfo column) => column.ElementShape.Count == 0
        ? throw new DataException($"{Word}: '{column.Name}' is {column.ElementShape}: a picture without pixels has no other size")
        : new Resampling(column.ElementShape, column.ElementType, Height, Width);
}
