using System.Threading.Channels;

namespace Sarsen.Serving.Language;

/// <summary>
/// An answer, piece by piece; the last piece has <see cref="GenerationPiece.Finish"/>. To be read once. Ending the enumeration
/// before the end ends the work. Whoever reads slowly holds up nobody: the pieces wait, and an answer has an end.
/// </summary>
public sealed class GenerationStream : IAsyncEnumerable<GenerationPiece>
{
    private readonly Channel<GenerationPiece> _pieces = Channel.CreateUnbounded<GenerationPiece>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _left = new();
    private int _read;

    internal GenerationStream()
    {
    }

    /// <summary>The reader has left.</summary>
    internal CancellationToken Left => _left.Token;

    /// <exception cref="OperationCanceledException">The request's token, or <paramref name="stop"/>, was cancelled.</exception>
    /// <exception cref="TimeoutException">The request's deadline has passed.</exception>
    /// <exception cref="ReplicaClosedException">The engine ended before the answer did.</exception>
    /// <exception cref="InvalidOperationException">It was read before.</exception>
    public async IAsyncEnumerator<GenerationPiece> GetAsyncEnumerator(CancellationToken stop = default)
    {
        if (Interlocked.Exchange(ref _read, 1) != 0)
            throw new InvalidOperationException("an answer can be read once: send the request again for another");
        try
        {
            await foreach (GenerationPiece piece in _pieces.Reader.ReadAllAsync(stop))
                yield return piece;
        }
        finally
        {
            _left.Cancel();
        }
    }

    internal void Write(GenerationPiece piece) => _pieces.Writer.TryWrite(piece);

    internal void End(Exception? error = null) => _pieces.Writer.TryComplete(error);
}
