using Sarsen.Tensors;

namespace Sarsen.Data.Batches;

/// <summary>Consecutive samples of an epoch, in native memory of the reader: valid until the reader's next call.</summary>
public sealed unsafe class Batch
{
    internal Batch()
    {
    }

    /// <summary>Samples in it: the batch size, or less at the end of an epoch.</summary>
    public int Count { get; internal set; }

    public long Epoch { get; internal set; }

    /// <summary>Position within the epoch of its first sample; Position + Count is where a resumed run goes on.</summary>
    public long Position { get; internal set; }

    /// <summary>The samples' indices within their set, in order.</summary>
    public ReadOnlySpan<long> Indices => throw new NotImplementedException();

    /// <summary>(Count, …) as <see cref="SampleLayout.Batched"/>.</summary>
    public Shape InputShape => throw new NotImplementedException();

    public Shape TargetShape => throw new NotImplementedException();

    /// <summary>Inputs, sample after sample, aligned to 64 bytes.</summary>
    public byte* Input => throw new NotImplementedException();

    /// <summary>Targets, sample after sample; null where there are none.</summary>
    public byte* Target => throw new NotImplementedException();

    public long InputBytes => throw new NotImplementedException();

    public long TargetBytes => throw new NotImplementedException();
}
