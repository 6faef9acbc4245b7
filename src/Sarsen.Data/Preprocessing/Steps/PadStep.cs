using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing.Arrays;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Steps;

[Description("Put a border around pictures.")]
[DefaultProperty(nameof(Amount))]
public sealed record PadStep : PictureStep
{
    [Description("Width of the border on every side, in pixels."), Range(1, 1 << 14)]
    public required int Amount { get; init; }

    [Description("What the border is filled with.")]
    public double Value { get; init; }

    private protected override ArrayOperation Operation(ColumnInfo column)
    {
        if (column.ElementType == DType.U8 && !(Value is >= 0 and <= 255))
            throw new DataException(FormattableString.Invariant($"{Word}: '{column.Name}' holds bytes, so the border must be in 0 .. 255, found {Value}; put a 'normalize' before this step for others"));
        return new Pad(column.ElementShape, column.ElementType, Amount, Value);
    }

    private sealed class Pad(Shape shape, DType type, int amount, double value)
        : Placement(shape, type, checked((int)shape[1] + 2 * amount), checked((int)shape[2] + 2 * amount), Bytes(value, type))
    {
        protected override (int Top, int Left) Corner(Rng? rng) => (-amount, -amount);
    }
}
