using Sarsen.Tensors;
using Sarsen.Text.Sampling;

namespace Sarsen.Serving.Language.Measuring;

/// <summary>Clients of an engine that send a prompt each at the same time, no two alike, and read their answers to the end.</summary>
/// <param name="engine">Who answers.</param>
/// <param name="clients">How many, from 1.</param>
/// <param name="prompt">Tokens of each prompt; random ones.</param>
/// <param name="answer">Tokens of each answer.</param>
/// <param name="time">Null for the system's.</param>
public sealed class ClientLoad(LanguageEngine engine, int clients, int prompt, int answer, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly TimeSpan[] _firstTokens = new TimeSpan[clients];
    private long _prompts;

    /// <summary>In the last round: from each client's request to its first token.</summary>
    public ReadOnlySpan<TimeSpan> FirstTokens => _firstTokens;

    /// <summary>Each client asks once.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Task RunAsync(CancellationToken stop = default) => Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => AskAsync(client, stop), stop)));

    private async Task AskAsync(int client, CancellationToken stop)
    {
        var rng = new Rng(5, "prompts", Interlocked.Increment(ref _prompts));
        long begun = _time.GetTimestamp();
        bool first = true;
        var request = new GenerationRequest
        {
            Prompt = [.. Enumerable.Range(0, prompt).Select(i => (int)rng.Below(i, engine.Model.Model.VocabSize))],
            Options = new GenerationOptions { MaxTokens = answer, IgnoreEnd = true, Sampling = new SamplingOptions { Temperature = 0 } },
        };
        await foreach (GenerationPiece _ in engine.Submit(request, stop))
        {
            if (first)
                _firstTokens[client] = _time.GetElapsedTime(begun);
            first = false;
        }
    }
}
