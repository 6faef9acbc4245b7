using Sarsen.Data.Splits;
using Sarsen.Tensors;
using Sarsen.Tensors.Memory;

namespace Sarsen.Data.Batches;

/// <summary>Consecutive samples of an epoch, in native memory of the reader: valid until the reader's next call.</summary>
public sealed unsafe class Batch
{
    private readonly NativeBuffer _input, _target;
    private readonly long[] _indices;
    private readonly SampleSet _samples;

    internal Batch(SampleSet samples, int capacity)
    {
        (_samples, _indices) = (samples, new long[capacity]);
        _input = NativeBuffer.Allocate(checked(samples.Input.Bytes * capacity));
        _target = NativeBuffer.Allocate(checked((samples.Target?.Bytes ?? 0) * capacity));
    }

    /// <summary>Samples in it: the batch size, or less at the end of an epoch.</summary>
    public int Count { get; private set; }

    public long Epoch { get; private set; }

    /// <summary>Position within the epoch of its first sample; Position + Count is where a resumed run goes on.</summary>
    public long Position { get; private set; }

    /// <summary>The samples' indices within their set, in order.</summary>
    public ReadOnlySpan<long> Indices => _indices.AsSpan(0, Count);

    /// <summary>(Count, …) as <see cref="SampleLayout.Batched"/>.</summary>
    public Shape InputShape => _samples.Input.Batched(Count);

    /// <exception cref="InvalidOperationException">Nothing is predicted.</exception>
    public Shape TargetShape => _samples.Target?.Batched(Count) ?? throw new InvalidOperationException("the samples have no target");

    /// <summary>Inputs, sample after sample, aligned to 64 bytes.</summary>
    public byte* Input => _input.Pointer;

    /// <summary>Targets, sample after sample; null where there are none.</summary>
    public byte* Target => _samples.Target is null ? null : _target.Pointer;

    public long InputBytes => Count * _samples.Input.Bytes;

    public long TargetBytes => Count * (_samples.Target?.Bytes ?? 0);

    /// <summary>Fills it with the samples at positions of an epoch, in the given order or that of the data.</summary>
    internal void Fill(long epoch, long position, int count, KeyedPermutation? order, CancellationToken stop)
    {
        (Epoch, Position, Count) = (epoch, position, count);
        int input = checked((int)_samples.Input.Bytes), target = (int)(_samples.Target?.Bytes ?? 0);
        for (int i = 0; i < count; i++)
        {
            stop.ThrowIfCancellationRequested();
            _indices[i] = order is { } shuffled ? shuffled[position + i] : position + i;
            _samples.Read(_indices[i], epoch, new Span<byte>(_input.Pointer + (long)i * input, input), new Span<byte>(_target.Pointer + (long)i * target, target));
        }
    }

    internal void Free()
    {
        _input.Dispose();
        _target.Dispose();
    }
}
