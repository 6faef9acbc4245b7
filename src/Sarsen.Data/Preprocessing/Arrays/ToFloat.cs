using System.Runtime.InteropServices;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Arrays;

/// <summary>Bytes as F32, 0 .. 255.</summary>
internal sealed class ToFloat(Shape shape, DType type) : ArrayOperation(shape, type, shape, DType.F32)
{
    public override void Run(ReadOnlySpan<byte> from, Span<byte> to, Rng? rng)
    {
        Span<float> values = MemoryMarshal.Cast<byte, float>(to);
        for (int i = 0; i < values.Length; i++)
            values[i] = from[i];
    }
}
