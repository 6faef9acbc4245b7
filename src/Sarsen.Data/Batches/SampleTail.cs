using System.Buffers;
using Sarsen.Data.Preprocessing.Arrays;
using Sarsen.Tensors;

namespace Sarsen.Data.Batches;

/// <summary>
/// The operations between a stored sample and what a model reads, done whenever it is read: random ones, and those that
/// turn bytes into numbers, so that pictures are stored as bytes.
/// </summary>
internal sealed class SampleTail(IReadOnlyList<(string Stream, ArrayOperation Operation)> operations, SampleLayout stored, SampleLayout input)
{
    private readonly int _widest = operations.Count < 2 ? 0 : operations.Take(operations.Count - 1).Max(o => o.Operation.OutputBytes);

    /// <summary>A stored sample.</summary>
    public SampleLayout Stored => stored;

    /// <summary>A sample as a model reads it.</summary>
    public SampleLayout Input => input;

    public bool IsEmpty => operations.Count == 0;

    public bool IsRandom { get; } = operations.Any(o => o.Operation.IsRandom);

    /// <param name="from">Stored.Bytes bytes.</param>
    /// <param name="to">Input.Bytes bytes.</param>
    /// <param name="rng">The epoch's and sample's; null: nothing is random.</param>
    public void Run(ReadOnlySpan<byte> from, Span<byte> to, Rng? rng)
    {
        if (operations.Count == 0)
        {
            from.CopyTo(to);
            return;
        }
        byte[] ping = ArrayPool<byte>.Shared.Rent(_widest), pong = ArrayPool<byte>.Shared.Rent(_widest);
        for (int i = 0; i < operations.Count; i++)
        {
            (string stream, ArrayOperation operation) = operations[i];
            Span<byte> result = i == operations.Count - 1 ? to : ping.AsSpan(0, operation.OutputBytes);
            operation.Run(from, result, operation.IsRandom ? rng?.Stream(stream) : null);
            from = result;
            (ping, pong) = (pong, ping);
        }
        ArrayPool<byte>.Shared.Return(ping);
        ArrayPool<byte>.Shared.Return(pong);
    }
}
