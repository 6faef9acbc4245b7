using System.Diagnostics;
using Sarsen.Serving.Language;
using Sarsen.Tensors;
using Sarsen.Text.Sampling;

namespace Sarsen.Bench.Language;

/// <summary>Clients of an engine with the 135M in Q4_0, who ask at the same time. No two prompts are alike.</summary>
internal sealed class BenchClients : IDisposable
{
    private readonly LanguageEngine _engine;
    private readonly int _count, _prompt, _answer;
    private long _prompts;

    /// <param name="count">How many.</param>
    /// <param name="prompt">Tokens of a prompt.</param>
    /// <param name="answer">Tokens of an answer.</param>
    public BenchClients(int count, int prompt, int answer)
    {
        (_count, _prompt, _answer) = (count, prompt, answer);
        LoadedLanguageModel model = LoadedLanguageModel.Open(RandomModel.File(LanguageCase.Of("135m-q4_0-decode")));
        _engine = new LanguageEngine(model, new LanguageEngineOptions { ContextLength = prompt + answer, CacheTokens = count * (prompt + answer) });
    }

    /// <summary>Each asks once and reads its answer.</summary>
    /// <returns>Seconds until each had its first token.</returns>
    public double[] AskAll() => Task.WhenAll(Enumerable.Range(0, _count).Select(_ => Task.Run(AskAsync))).GetAwaiter().GetResult();

    public void Dispose() => _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<double> AskAsync()
    {
        var rng = new Rng(5, "prompts", Interlocked.Increment(ref _prompts));
        long begun = Stopwatch.GetTimestamp();
        double? first = null;
        var request = new GenerationRequest
        {
            Prompt = [.. Enumerable.Range(0, _prompt).Select(i => 300 + (int)rng.Below(i, 40000))],
            Options = new GenerationOptions { MaxTokens = _answer, IgnoreEnd = true, Sampling = new SamplingOptions { Temperature = 0 } },
        };
        await foreach (GenerationPiece _ in _engine.Submit(request))
            first ??= Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return first ?? throw new InvalidOperationException("an answer had no token");
    }
}
