using System.Buffers;
using System.Runtime.InteropServices;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Arrays;

/// <summary>
/// Separable resampling, first along x, then along y: output pixel i has its centre at c = (i + 1/2) · in / out and is
/// the mean of the input pixels j weighted by the triangle max(0, 1 - |j + 1/2 - c| / s), s = max(1, in / out).
/// </summary>
internal sealed class Resampling(Shape inputShape, DType type, int height, int width)
    : ArrayOperation(inputShape, type, new Shape(inputShape[0], height, width), type)
{
    private readonly Taps _across = new((int)inputShape[2], width), _down = new((int)inputShape[1], height);

    public override void Run(ReadOnlySpan<byte> from, Span<byte> to, Rng? rng)
    {
        int channels = (int)InputShape[0], rows = (int)InputShape[1], columns = (int)InputShape[2];
        float[] wide = ArrayPool<float>.Shared.Rent(rows * columns), narrow = ArrayPool<float>.Shared.Rent(rows * width);
        for (int c = 0; c < channels; c++)
        {
            Load(from, c * rows * columns, wide.AsSpan(0, rows * columns));
            for (int y = 0; y < rows; y++) // (rows, columns) to (rows, width)
                _across.Run(wide.AsSpan(y * columns, columns), narrow.AsSpan(y * width, width));
            for (int x = 0; x < width; x++) // (rows, width) to (height, width)
                Store(narrow, x, to, c);
        }
        ArrayPool<float>.Shared.Return(wide);
        ArrayPool<float>.Shared.Return(narrow);
    }

    private void Load(ReadOnlySpan<byte> from, int start, Span<float> plane)
    {
        if (InputType == DType.F32)
        {
            MemoryMarshal.Cast<byte, float>(from).Slice(start, plane.Length).CopyTo(plane);
            return;
        }
        for (int i = 0; i < plane.Length; i++)
            plane[i] = from[start + i];
    }

    private void Store(float[] narrow, int x, Span<byte> to, int channel)
    {
        for (int y = 0; y < height; y++)
        {
            float value = _down.At(y, narrow.AsSpan(x), width);
            int at = (channel * height + y) * width + x;
            if (OutputType == DType.U8)
                to[at] = (byte)Math.Clamp(MathF.Floor(value + 0.5f), 0, 255);
            else
                MemoryMarshal.Cast<byte, float>(to)[at] = value;
        }
    }

    /// <summary>The input pixels and weights of each output pixel along one side.</summary>
    private sealed class Taps
    {
        private readonly int[] _first;
        private readonly float[][] _weights;

        public Taps(int input, int output)
        {
            (_first, _weights) = (new int[output], new float[output][]);
            double ratio = (double)input / output, reach = Math.Max(1, ratio);
            for (int i = 0; i < output; i++)
            {
                double centre = (i + 0.5) * ratio;
                int first = Math.Max(0, (int)Math.Floor(centre - reach)), past = Math.Min(input, (int)Math.Ceiling(centre + reach));
                double[] weights = [.. Enumerable.Range(first, past - first).Select(j => Math.Max(0, 1 - Math.Abs(j + 0.5 - centre) / reach))];
                double sum = weights.Sum();
                (_first[i], _weights[i]) = (first, Array.ConvertAll(weights, w => (float)(w / sum)));
            }
        }

        public float At(int i, ReadOnlySpan<float> from, int stride)
        {
            float sum = 0;
            float[] weights = _weights[i];
            for (int k = 0; k < weights.Length; k++)
                sum += weights[k] * from[(_first[i] + k) * stride];
            return sum;
        }

        public void Run(ReadOnlySpan<float> from, Span<float> to)
        {
            for (int i = 0; i < _first.Length; i++)
                to[i] = At(i, from, 1);
        }
    }
}
