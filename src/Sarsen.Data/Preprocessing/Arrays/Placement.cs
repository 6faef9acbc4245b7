using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Arrays;

/// <summary>
/// A picture laid onto a canvas of another size: pixel (y, x) of the result is (y + top, x + left) of the picture, or
/// the fill where that is outside. Crops and padding are this; which place is a crop's choice.
/// </summary>
/// <param name="inputShape">(C, H, W).</param>
/// <param name="type">U8 or F32.</param>
/// <param name="height">Of the result.</param>
/// <param name="width">Of the result.</param>
/// <param name="fill">The value outside, as bytes of the type.</param>
internal abstract class Placement(Shape inputShape, DType type, int height, int width, byte[] fill)
    : ArrayOperation(inputShape, type, new Shape(inputShape[0], height, width), type)
{
    /// <summary>Where the result's corner is within the picture; negative: outside.</summary>
    protected abstract (int Top, int Left) Corner(Rng? rng);

    public sealed override void Run(ReadOnlySpan<byte> from, Span<byte> to, Rng? rng)
    {
        (int top, int left) = Corner(rng);
        int size = InputType.Size(), rows = (int)InputShape[1], columns = (int)InputShape[2];
        if (top < 0 || left < 0 || top + height > rows || left + width > columns)
            Fill(to);
        int first = Math.Max(0, -left), past = Math.Min(width, columns - left);
        for (int c = 0; c < InputShape[0] && first < past; c++)
        {
            for (int y = Math.Max(0, -top); y < Math.Min(height, rows - top); y++)
            {
                from.Slice(((c * rows + y + top) * columns + left + first) * size, (past - first) * size)
                    .CopyTo(to[(((c * height + y) * width + first) * size)..]);
            }
        }
    }

    private void Fill(Span<byte> to)
    {
        for (int i = 0; i < to.Length; i += fill.Length)
            fill.CopyTo(to[i..]);
    }

    /// <summary>A value as the bytes of a type.</summary>
    public static byte[] Bytes(double value, DType type) => type == DType.U8 ? [(byte)Math.Clamp(Math.Round(value), 0, 255)] : BitConverter.GetBytes((float)value);
}
