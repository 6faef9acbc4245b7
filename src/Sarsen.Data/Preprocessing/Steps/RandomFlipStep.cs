using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Sarsen.Data.Preprocessing.Arrays;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// Mirrors a picture at training with a probability; whether it does follows from seed, step, epoch and sample. Elsewhere
/// pictures stay as they are.
/// </summary>
[Description("Mirror pictures at random, at training only.")]
[DefaultProperty(nameof(Probability))]
public sealed record RandomFlipStep : PictureStep
{
    [Description("How often."), Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.5;

    [Description("Top to bottom instead of left to right.")]
    public bool Vertical { get; init; }

    private protected override ArrayOperation Operation(ColumnInfo column) =>
        new Flip(column.ElementShape, column.ElementType, Probability, Vertical);

    private sealed class Flip(Shape shape, DType type, double probability, bool vertical) : ArrayOperation(shape, type, shape, type)
    {
        public override bool IsRandom => true;

        public override void Run(ReadOnlySpan<byte> from, Span<byte> to, Rng? rng)
        {
            from.CopyTo(to);
            if (rng is not { } draw || draw.UniformDouble(0) >= probability)
                return;
            int line = (int)InputShape[2] * InputType.Size(), lines = (int)InputShape[1];
            for (int at = 0; at < to.Length; at += line * lines)
                Mirror(from.Slice(at, line * lines), to.Slice(at, line * lines), line, lines);
        }

        private void Mirror(ReadOnlySpan<byte> from, Span<byte> to, int line, int lines)
        {
            for (int y = 0; y < lines; y++)
            {
                if (vertical)
                    from.Slice((lines - 1 - y) * line, line).CopyTo(to[(y * line)..]);
                else if (InputType == DType.U8)
                    to.Slice(y * line, line).Reverse();
                else
                    MemoryMarshal.Cast<byte, float>(to.Slice(y * line, line)).Reverse();
            }
        }
    }
}
