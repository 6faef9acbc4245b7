using Sarsen.Tensors;
using Sarsen.Tensors.Memory;

namespace Sarsen.Bench;

/// <summary>Aligned native memory full of normal random numbers.</summary>
internal sealed unsafe class Floats : IDisposable
{
    private readonly NativeBuffer _buffer;

    public Floats(long count, string stream)
    {
        _buffer = NativeBuffer.Allocate(count * sizeof(float));
        var rng = new Rng(2, stream);
        for (long i = 0; i < count; i++)
            Pointer[i] = (float)rng.Normal(i);
    }

    public float* Pointer => (float*)_buffer.Pointer;

    public void Dispose() => _buffer.Dispose();
}
