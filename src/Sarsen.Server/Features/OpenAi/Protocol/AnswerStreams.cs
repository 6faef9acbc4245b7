using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Sarsen.Serving.Language;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>The answers of one request, submitted together and read as their pieces come.</summary>
internal static class AnswerStreams
{
    /// <summary>Submits requests; all or none.</summary>
    /// <exception cref="Sarsen.Serving.OverloadException">There is no room for all: those that had some are taken back.</exception>
    public static List<GenerationStream> Submit(LanguageEngine engine, IEnumerable<GenerationRequest> requests, CancellationTokenSource stop)
    {
        var streams = new List<GenerationStream>();
        try
        {
            foreach (GenerationRequest request in requests)
                streams.Add(engine.Submit(request, stop.Token));
            return streams;
        }
        catch
        {
            stop.Cancel();
            throw;
        }
    }

    /// <summary>The pieces of all, each with its answer's index, in the order in which they come.</summary>
    public static async IAsyncEnumerable<(int Index, GenerationPiece Piece)> ReadAsync(IReadOnlyList<GenerationStream> streams, [EnumeratorCancellation] CancellationToken stop)
    {
        if (streams.Count == 1)
        {
            await foreach (GenerationPiece piece in streams[0].WithCancellation(stop))
                yield return (0, piece);
            yield break;
        }
        var merged = Channel.CreateUnbounded<(int, GenerationPiece)>();
        _ = ReadAllAsync(streams, merged.Writer, stop);
        await foreach ((int, GenerationPiece) piece in merged.Reader.ReadAllAsync(stop))
            yield return piece;
    }

    private static async Task ReadAllAsync(IReadOnlyList<GenerationStream> streams, ChannelWriter<(int, GenerationPiece)> merged, CancellationToken stop)
    {
        await Task.WhenAll(streams.Select(async (stream, i) =>
        {
            try
            {
                await foreach (GenerationPiece piece in stream.WithCancellation(stop))
                    merged.TryWrite((i, piece));
            }
            catch (Exception e)
            {
                // One that fails ends all: the others are not waited for.
                merged.TryComplete(e);
            }
        }));
        merged.TryComplete();
    }
}
