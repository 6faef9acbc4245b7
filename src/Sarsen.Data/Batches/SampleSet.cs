namespace Sarsen.Data.Batches;

/// <summary>
/// The samples of one part of the data, read by index: fixed-width inputs and targets, in memory or in a spool file.
/// Safe for several readers at once.
/// </summary>
public sealed class SampleSet : IDisposable
{
    internal SampleSet(long count, SampleLayout input, SampleLayout? target) => (Count, Input, Target) = (count, input, target);

    public long Count { get; }

    /// <summary>One sample's input.</summary>
    public SampleLayout Input { get; }

    /// <summary>One sample's target: I64 () for a class, F32 (k) for values; null where nothing is predicted.</summary>
    public SampleLayout? Target { get; }

    /// <summary>How many samples each class has, in the order of the classes; empty where the target is no class.</summary>
    public IReadOnlyList<long> ClassCounts { get; } = [];

    /// <summary>Whether random steps (crops, flips) are drawn anew in each epoch; true for the training part that has such steps.</summary>
    public bool Augments { get; }

    /// <summary>The same samples as prediction sees them: random steps are off. Shares the memory of this set.</summary>
    public SampleSet WithoutAugmentation() => throw new NotImplementedException();

    /// <summary>Reads one sample.</summary>
    /// <param name="index">0 .. Count - 1: its place in the data, which does not depend on any shuffle.</param>
    /// <param name="epoch">What random steps are drawn for, with the seed and the index.</param>
    /// <param name="input">Input.Bytes bytes.</param>
    /// <param name="target">Target.Bytes bytes, or empty.</param>
    public void Read(long index, long epoch, Span<byte> input, Span<byte> target) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
