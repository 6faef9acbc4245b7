using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Measuring;

namespace Sarsen.Bench.Language;

/// <summary>Clients of an engine with the 135M in Q4_0, who ask at the same time. No two prompts are alike.</summary>
internal sealed class BenchClients : IDisposable
{
    private readonly LanguageEngine _engine;
    private readonly ClientLoad _load;

    /// <param name="count">How many.</param>
    /// <param name="prompt">Tokens of a prompt.</param>
    /// <param name="answer">Tokens of an answer.</param>
    public BenchClients(int count, int prompt, int answer)
    {
        LoadedLanguageModel model = LoadedLanguageModel.Open(RandomModel.File(LanguageCase.Of("135m-q4_0-decode")));
        _engine = new LanguageEngine(model, new LanguageEngineOptions { ContextLength = prompt + answer, CacheTokens = count * (prompt + answer) });
        _load = new ClientLoad(_engine, count, prompt, answer);
    }

    /// <summary>Seconds until each had its first token, in the last round.</summary>
    public IEnumerable<double> FirstTokens => _load.FirstTokens.ToArray().Select(wait => wait.TotalSeconds);

    /// <summary>Each asks once and reads its answer.</summary>
    public void AskAll() => _load.RunAsync().GetAwaiter().GetResult();

    public void Dispose() => _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
