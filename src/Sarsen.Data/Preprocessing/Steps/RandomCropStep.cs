using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing.Arrays;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// A part of a picture, at training at a random place, which follows from seed, step, epoch and sample: uniform over all
/// places within the picture and its padding of zeros. Elsewhere it is the middle of the picture.
/// </summary>
[Description("Cut out a random part of pictures; the middle, except at training.")]
public sealed record RandomCropStep : PictureStep
{
    [Description("Height of the result, in pixels."), Range(1, 1 << 16)]
    public required int Height { get; init; }

    [Description("Width of the result, in pixels."), Range(1, 1 << 16)]
    public required int Width { get; init; }

    [Description("Zeros around the picture that a part may reach into, in pixels."), Range(0, 1 << 16)]
    public int Padding { get; init; }

    private protected override ArrayOperation Operation(ColumnInfo column)
    {
        Shape shape = column.ElementShape;
        if (Height > shape[1] + 2L * Padding || Width > shape[2] + 2L * Padding)
            throw new DataException($"{Word}: '{column.Name}' is {shape[1]} x {shape[2]} pixels (height x width) with a padding of {Padding}, smaller than the crop {Height} x {Width}; raise 'padding', or put a 'resize' before this step");
        return new RandomCrop(shape, column.ElementType, Height, Width, Padding);
    }

    private sealed class RandomCrop(Shape shape, DType type, int height, int width, int padding)
        : Placement(shape, type, height, width, Bytes(0, type))
    {
        public override bool IsRandom => true;

        protected override (int Top, int Left) Corner(Rng? rng)
        {
            int high = (int)InputShape[1] - (int)OutputShape[1], wide = (int)InputShape[2] - (int)OutputShape[2];
            return rng is { } draw
                ? ((int)draw.Below(0, high + 2 * padding + 1) - padding, (int)draw.Below(1, wide + 2 * padding + 1) - padding)
                : (high >> 1, wide >> 1);
        }
    }
}
