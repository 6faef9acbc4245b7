using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing.Arrays;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>The middle of a picture: top = ⌊(H - height) / 2⌋, left = ⌊(W - width) / 2⌋.</summary>
[Description("Cut out the middle of pictures.")]
public sealed record CenterCropStep : PictureStep
{
    [Description("Height of the result, in pixels."), Range(1, 1 << 16)]
    public required int Height { get; init; }

    [Description("Width of the result, in pixels."), Range(1, 1 << 16)]
    public required int Width { get; init; }

    private protected override ArrayOperation Operation(ColumnInfo column)
    {
        Shape shape = column.ElementShape;
        if (Height > shape[1] || Width > shape[2])
            throw new DataException($"{Word}: '{column.Name}' is {shape[1]} x {shape[2]} pixels (height x width), smaller than the crop {Height} x {Width}; put a 'pad' or 'resize' before this step");
        return new CenterCrop(shape, column.ElementType, Height, Width);
    }

    private sealed class CenterCrop(Shape shape, DType type, int height, int width) : Placement(shape, type, height, width, [0])
    {
        protected override (int Top, int Left) Corner(Rng? rng) => (((int)InputShape[1] - (int)OutputShape[1]) / 2, ((int)InputShape[2] - (int)OutputShape[2]) / 2);
    }
}
