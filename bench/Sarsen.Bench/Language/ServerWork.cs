using System.Globalization;

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

    private readonly BenchClients _clients;
    private readonly bool _waits;

    public ServerWork(string name)
    {
        string[] parts = name.Split('-', 3);
        _clients = new BenchClients(int.Parse(parts[1], CultureInfo.InvariantCulture), Prompt, Answer);
        _waits = parts[2] == "first-token";
    }

    public static IEnumerable<string> Cases => from clients in s_clients from what in (string[])["throughput", "first-token"] select $"server-{clients}-{what}";

    public override double? Timed => _waits ? _clients.FirstTokens.Order().ElementAt(_clients.FirstTokens.Count() / 2) : null;

    public override void Run() => _clients.AskAll();

    public override void Dispose() => _clients.Dispose();
}
