using System.Buffers;
using Sarsen.Tensors;

namespace Sarsen.Data.Batches;

/// <summary>
/// The samples of one part of the data, read by index: fixed-width inputs and targets, in memory or in a spool file.
/// Safe for several readers at once.
/// </summary>
public sealed class SampleSet : IDisposable
{
    private readonly SampleStore _store;
    private readonly SampleTail _tail;
    private readonly ulong _seed;

    internal SampleSet(SampleStore store, SampleTail tail, SampleLayout? target, IReadOnlyList<long> classCounts, bool augments, ulong seed)
    {
        (_store, _tail, _seed) = (store, tail, seed);
        (Target, ClassCounts, Augments) = (target, classCounts, augments && tail.IsRandom);
    }

    public long Count => _store.Count;

    /// <summary>One sample's input.</summary>
    public SampleLayout Input => _tail.Input;

    /// <summary>One sample's target: I64 () for a class, F32 (k) for values; null where nothing is predicted.</summary>
    public SampleLayout? Target { get; }

    /// <summary>How many samples each class has, in the order of the classes; empty where the target is no class.</summary>
    public IReadOnlyList<long> ClassCounts { get; }

    /// <summary>Whether random steps (crops, flips) are drawn anew in each epoch; true for the training part that has such steps.</summary>
    public bool Augments { get; }

    /// <summary>Whether the samples are in a spool file, since they did not fit in memory.</summary>
    public bool IsSpooled => _store.IsSpooled;

    /// <summary>The same samples as prediction sees them: random steps are off. Shares the memory of this set.</summary>
    public SampleSet WithoutAugmentation() => new(_store, _tail, Target, ClassCounts, augments: false, _seed);

    /// <summary>Reads one sample.</summary>
    /// <param name="index">0 .. Count - 1: its place in the data, which does not depend on any shuffle.</param>
    /// <param name="epoch">What random steps are drawn for, with the seed and the index.</param>
    /// <param name="input">Input.Bytes bytes.</param>
    /// <param name="target">Target.Bytes bytes, or empty.</param>
    /// <exception cref="ArgumentException">There is no such sample, or a span has another length.</exception>
    public void Read(long index, long epoch, Span<byte> input, Span<byte> target)
    {
        if ((ulong)index >= (ulong)Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"there are {Count} samples");
        if (input.Length != Input.Bytes || target.Length != (Target?.Bytes ?? 0))
            throw new ArgumentException($"{input.Length} and {target.Length} bytes given for input and target, expected {Input.Bytes} and {Target?.Bytes ?? 0}");
        byte[] record = ArrayPool<byte>.Shared.Rent(_store.Width);
        _store.Read(index, record);
        _tail.Run(record.AsSpan(0, _store.Width - target.Length), input, Augments ? new Rng(_seed, "augmentation", epoch, index) : null);
        record.AsSpan(_store.Width - target.Length, target.Length).CopyTo(target);
        ArrayPool<byte>.Shared.Return(record);
    }

    /// <summary>Gives the memory or the file back, for this set and those that share it.</summary>
    public void Dispose() => _store.Dispose();
}
