namespace Sarsen.Data.Batches;

/// <summary>
/// The samples of one part of the data, read by index: inputs and targets of fixed widths. Safe for several readers at once.
/// </summary>
public abstract class SampleSet : IDisposable
{
    private protected SampleSet(SampleLayout input, SampleLayout? target, IReadOnlyList<long> classCounts, bool augments) =>
        (Input, Target, ClassCounts, Augments) = (input, target, classCounts, augments);

    public abstract long Count { get; }

    /// <summary>One sample's input.</summary>
    public SampleLayout Input { get; }

    /// <summary>One sample's target: I64 () for a class, I64 (T) for next tokens, F32 (k) for values; null where nothing is predicted.</summary>
    public SampleLayout? Target { get; }

    /// <summary>How many samples each class has, in the order of the classes; empty where the target is no class.</summary>
    public IReadOnlyList<long> ClassCounts { get; }

    /// <summary>Whether samples are drawn anew in each epoch (crops, flips, windows of tokens); true for the training part of data with such steps.</summary>
    public bool Augments { get; }

    /// <summary>Whether the samples are in a spool file, since they did not fit in memory.</summary>
    public abstract bool IsSpooled { get; }

    /// <summary>The same samples as prediction sees them: nothing is random. Shares the memory of this set.</summary>
    public abstract SampleSet WithoutAugmentation();

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
        ReadChecked(index, epoch, input, target);
    }

    /// <summary>Reads a sample that is there into spans that fit.</summary>
    private protected abstract void ReadChecked(long index, long epoch, Span<byte> input, Span<byte> target);

    /// <summary>Gives the memory or the file back, for this set and those that share it.</summary>
    public abstract void Dispose();
}
