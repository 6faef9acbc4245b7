using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Sarsen.Data.Preprocessing.Arrays;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// Arrays as F32 of a usual size: y = (x / divide_by - mean) / std, computed in f64, mean and std by channel (the first
/// dimension) or one for all.
/// </summary>
[Description("Bring the values of arrays, such as pictures, to a usual size.")]
[DefaultProperty(nameof(DivideBy))]
public sealed record NormalizeStep : PlainStep, IValidatableObject
{
    [Description("The columns; nothing: all features that are arrays of bytes or numbers.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("What values are divided by first."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double DivideBy { get; init; } = 255;

    [Description("What is subtracted then: one for each channel, or one for all."), MinLength(1)]
    public IReadOnlyList<double> Mean { get; init; } = [0];

    [Description("What is divided by at last: one for each channel, or one for all."), MinLength(1), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public IReadOnlyList<double> Std { get; init; } = [1];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Mean.Count != Std.Count && Mean.Count != 1 && Std.Count != 1)
            yield return new ValidationResult($"mean and std are for channels, so they must be equally many, found {Mean.Count} and {Std.Count}");
    }

    internal override Transform Bind(StepInput input) => new ArrayTransform(input,
        input.Select(this, Columns, c => c.Type == ColumnType.Array && c.ElementType is DType.U8 or DType.F32 && c.ElementShape.Rank > 0, "arrays of bytes or numbers"),
        column => new Normalization(this, column));

    private double[] Spread(IReadOnlyList<double> values, string name, ColumnInfo column)
    {
        long channels = column.ElementShape[0];
        if (values.Count != 1 && values.Count != channels)
            throw new DataException($"{Word}: '{column.Name}' is {column.ElementShape} and has {channels} channels, but '{name}' has {values.Count} values; give one for each channel, or one for all");
        return values.Count == channels ? [.. values] : [.. Enumerable.Repeat(values[0], checked((int)channels))];
    }

    private sealed class Normalization : ArrayOperation
    {
        private readonly double _divisor;
        private readonly double[] _mean, _std;
        private readonly float[]? _ofByte; // (C, 256)

        public Normalization(NormalizeStep step, ColumnInfo column)
            : base(column.ElementShape, column.ElementType, column.ElementShape, DType.F32)
        {
            (_divisor, _mean, _std) = (step.DivideBy, step.Spread(step.Mean, "mean", column), step.Spread(step.Std, "std", column));
            // A vector of bytes has a channel for each element; a table pays where a channel is a plane.
            if (InputType == DType.U8 && InputShape.Rank > 1)
                _ofByte = [.. Enumerable.Range(0, _mean.Length * 256).Select(i => Value(i & 255, i >> 8))];
        }

        public override bool IsLight => InputType == DType.U8;

        public override void Run(ReadOnlySpan<byte> from, Span<byte> to, Rng? rng)
        {
            Span<float> values = MemoryMarshal.Cast<byte, float>(to);
            ReadOnlySpan<float> numbers = InputType == DType.F32 ? MemoryMarshal.Cast<byte, float>(from) : default;
            int plane = values.Length / Math.Max(1, _mean.Length);
            for (int c = 0; c < _mean.Length; c++)
            {
                ReadOnlySpan<float> table = _ofByte is null ? default : _ofByte.AsSpan(c * 256, 256);
                for (int i = c * plane; i < (c + 1) * plane; i++)
                    values[i] = !table.IsEmpty ? table[from[i]] : Value(InputType == DType.U8 ? from[i] : numbers[i], c);
            }
        }

        private float Value(double x, int channel) => (float)((x / _divisor - _mean[channel]) / _std[channel]);
    }
}
