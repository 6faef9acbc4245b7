using System.Buffers;
using Sarsen.Tensors;

namespace Sarsen.Data.Batches;

/// <summary>Samples that were encoded row by row: in memory or in a spool file.</summary>
internal sealed class StoredSamples : SampleSet
{
    private readonly SampleStore _store;
    private readonly SampleTail _tail;
    private readonly ulong _seed;

    public StoredSamples(SampleStore store, SampleTail tail, SampleLayout? target, IReadOnlyList<long> classCounts, bool augments, ulong seed)
        : base(tail.Input, target, classCounts, augments && tail.IsRandom) => (_store, _tail, _seed) = (store, tail, seed);

    public override long Count => _store.Count;

    public override bool IsSpooled => _store.IsSpooled;

    public override SampleSet WithoutAugmentation() => new StoredSamples(_store, _tail, Target, ClassCounts, augments: false, _seed);

    private protected override void ReadChecked(long index, long epoch, Span<byte> input, Span<byte> target)
    {
        byte[] record = ArrayPool<byte>.Shared.Rent(_store.Width);
        _store.Read(index, record);
        _tail.Run(record.AsSpan(0, _store.Width - target.Length), input, Augments ? new Rng(_seed, "augmentation", epoch, index) : null);
        record.AsSpan(_store.Width - target.Length, target.Length).CopyTo(target);
        ArrayPool<byte>.Shared.Return(record);
    }

    public override void Dispose() => _store.Dispose();
}
