using System.Globalization;

namespace Sarsen.Bench.Language;

/// <summary>What a server holds: resident bytes of its process after 100 requests, and after 1,000. Reads Linux's /proc.</summary>
internal static class ServerMemory
{
    private const int Clients = 8, Few = 100, Many = 1000;

    private const int Prompt = 64, Answer = 16;

    public static IReadOnlyList<string> Cases { get; } = [$"server-{Clients}-memory"];

    /// <summary>One line of JSON.</summary>
    public static string Of(string name)
    {
        using var clients = new BenchClients(int.Parse(name.Split('-')[1], CultureInfo.InvariantCulture), Prompt, Answer);
        int asked = 0;
        long few = AskUntil(Few), many = AskUntil(Many);
        return string.Create(CultureInfo.InvariantCulture, $$"""{"few": {{few}}, "many": {{many}}}""");

        long AskUntil(int count)
        {
            for (; asked < count; asked += Clients)
                clients.AskAll();
            return MemoryReport.Status("VmRSS");
        }
    }
}
