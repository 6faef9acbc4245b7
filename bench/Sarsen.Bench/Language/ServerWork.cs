using System.Globalization;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Measuring;

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
    private readonly ClientLoad _load;

    public ServerWork(string name)
    {
        string[] parts = name.Split('-', 3);
        (_clients, _waits) = (int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2] == "first-token");
        LoadedLanguageModel model = LoadedLanguageModel.Open(RandomModel.File(LanguageCase.Of("135m-q4_0-decode")));
        _engine = new LanguageEngine(model, new LanguageEngineOptions { ContextLength = Prompt + Answer, CacheTokens = _clients * (Prompt + Answer) });
        _load = new ClientLoad(_engine, _clients, Prompt, Answer);
    }

    public static IEnumerable<string> Cases => from clients in s_clients from what in (string[])["throughput", "first-token"] select $"server-{clients}-{what}";

    public override double? Timed => _waits ? _load.FirstTokens.ToArray().Order().ElementAt(_clients / 2).TotalSeconds : null;

    public override void Run() => _load.RunAsync().GetAwaiter().GetResult();

    public override void Dispose() => _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
