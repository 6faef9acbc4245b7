using System.Diagnostics;
using System.Globalization;
using Sarsen.Serving.Language;
using Sarsen.Tensors;
using Sarsen.Text.Sampling;

namespace Sarsen.Bench.Language;

/// <summary>
/// Some clients that send a prompt each at the same time, no two alike, and read their answers: <c>server-8-throughput</c>, all of
/// it, and <c>server-8-first-token</c>, the median wait for the first token.
/// </summary>
internal sealed class ServerWork : Work
{
    /// <summary>Tokens of a prompt, and of an answer.</summary>
    public const int Prompt = 256, Answer = 64;

    private static readonly int[] s_clients = [1, 4, 8];

    private readonly LanguageEngine _engine;
    private readonly int _clients;
    private readonly bool _waits;
    private readonly double[] _firstTokens;
    private long _prompts;

    public ServerWork(string name)
    {
        string[] parts = name.Split('-', 3);
        (_clients, _waits) = (int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2] == "first-token");
        _firstTokens = new double[_clients];
        LoadedLanguageModel model = LoadedLanguageModel.Open(RandomModel.File(LanguageCase.Of("135m-q4_0-decode")));
        _engine = new LanguageEngine(model, new LanguageEngineOptions { ContextLength = Prompt + Answer, CacheTokens = _clients * (Prompt + Answer) });
    }

    public static IEnumerable<string> Cases => from clients in s_clients from what in (string[])["throughput", "first-token"] select $"server-{clients}-{what}";

    public override double? Timed => _waits ? _firstTokens.Order().ElementAt(_clients / 2) : null;

    public override void Run() => Task.WhenAll(Enumerable.Range(0, _clients).Select(client => Task.Run(() => Ask(client)))).GetAwaiter().GetResult();

    public override void Dispose() => _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task Ask(int client)
    {
        var rng = new Rng(5, "prompts", Interlocked.Increment(ref _prompts));
        long begun = Stopwatch.GetTimestamp();
        bool first = true;
        var request = new GenerationRequest
        {
            Prompt = [.. Enumerable.Range(0, Prompt).Select(i => 300 + (int)rng.Below(i, 40000))],
            Options = new GenerationOptions { MaxTokens = Answer, IgnoreEnd = true, Sampling = new SamplingOptions { Temperature = 0 } },
        };
        await foreach (GenerationPiece _ in _engine.Submit(request))
        {
            if (first)
                _firstTokens[client] = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            first = false;
        }
    }
}
