using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Measuring;
using Sarsen.Tensors.Threads;
using Spectre.Console;

namespace Sarsen.Terminal;

/// <summary>The speed of a language model, measured and shown: as a table, or as lines of JSON.</summary>
internal sealed class LanguageBenchView(LoadedLanguageModel model, LanguageBenchOptions options)
{
    private readonly LanguageBench _bench = new(model, options);

    public Task RunAsync(bool json, CancellationToken stop) => json ? WriteLinesAsync(stop)
        : Screen.IsLive ? Screen.Console.Status().StartAsync("measuring", _ => WriteTableAsync(stop))
        : WriteTableAsync(stop);

    private async Task WriteTableAsync(CancellationToken stop)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("case");
        foreach (string name in new[] { "tokens/s", "spread", "first token p50", "p95" })
            table.AddColumn(new TableColumn(name).RightAligned());
        await foreach (LanguageBenchRow row in _bench.RunAsync(stop))
            table.AddRow(Words(row), Number(row.TokensPerSecond), string.Create(CultureInfo.InvariantCulture, $"{100 * row.Spread:0.0} %"), Milliseconds(row.FirstTokenMedian), Milliseconds(row.FirstToken95));
        LanguageBenchMemory memory = _bench.Memory();
        Screen.Console.Write(table);
        Screen.Console.WriteLine($"{Threads} threads, keys and values in {Kv}, medians of {options.Rounds} rounds");
        Screen.Console.WriteLine($"{ShapeTable.Bytes(memory.WeightBytes)} of weights, {ShapeTable.Bytes(memory.CacheBytesPerToken)} of cache a token, the process at most {ShapeTable.Bytes(memory.ResidentBytes)}");
    }

    private async Task WriteLinesAsync(CancellationToken stop)
    {
        await foreach (LanguageBenchRow row in _bench.RunAsync(stop))
        {
            WriteLine(Name(row.Case), json =>
            {
                if (row.Case != LanguageBenchCase.Decode)
                    json.WriteNumber("prompt", options.Prompt);
                if (row.Case != LanguageBenchCase.Prefill)
                    json.WriteNumber("generate", options.Generate);
                json.WriteNumber("clients", row.Clients);
                json.WriteNumber("rounds", options.Rounds);
                json.WriteNumber("tokens_per_second", Math.Round(row.TokensPerSecond, 2));
                json.WriteNumber("spread", Math.Round(row.Spread, 4));
                if (row.FirstTokenMedian is { } median && row.FirstToken95 is { } late)
                {
                    json.WriteNumber("first_token_p50_ms", Math.Round(median.TotalMilliseconds, 3));
                    json.WriteNumber("first_token_p95_ms", Math.Round(late.TotalMilliseconds, 3));
                }
            });
        }
        LanguageBenchMemory memory = _bench.Memory();
        WriteLine("memory", json =>
        {
            json.WriteNumber("weight_bytes", memory.WeightBytes);
            json.WriteNumber("cache_bytes_per_token", memory.CacheBytesPerToken);
            json.WriteNumber("resident_bytes", memory.ResidentBytes);
        });
    }

    private void WriteLine(string name, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", model.Path);
            json.WriteString("case", name);
            json.WriteNumber("threads", Threads);
            json.WriteString("kv", Kv);
            write(json);
            json.WriteEndObject();
        }
        Console.Out.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private int Threads => (options.Workers ?? Workers.Shared).Count;

    private string Kv => options.KvType.ToString().ToLowerInvariant();

    private string Words(LanguageBenchRow row) => row.Case switch
    {
        LanguageBenchCase.Prefill => $"a prompt of {options.Prompt}",
        LanguageBenchCase.Decode => $"{options.Generate} behind one token",
        _ => row.Clients == 1 ? $"1 client, {options.Prompt} + {options.Generate}" : $"{row.Clients} clients, {options.Prompt} + {options.Generate} each",
    };

    private static string Name(LanguageBenchCase what) => what.ToString().ToLowerInvariant();

    private static string Number(double value) => value.ToString("#,0.0", CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan? time) => time is { } wait ? string.Create(CultureInfo.InvariantCulture, $"{wait.TotalMilliseconds:#,0.0} ms") : "";
}
