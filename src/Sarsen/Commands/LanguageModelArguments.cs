using System.CommandLine;
using System.Globalization;
using Sarsen.Server;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;

namespace Sarsen.Commands;

/// <summary>The options of <c>sarsen serve</c> that name language models, and say when they are unloaded.</summary>
internal sealed class LanguageModelArguments
{
    private const string KeepAliveMark = ",keep-alive=";

    private static readonly (string Unit, double Seconds)[] s_times = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];
    private static readonly (string Unit, double Bytes)[] s_sizes =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1)];

    private readonly Option<string[]> _models = new("--model") { Description = "A language model: what requests call it, and its GGUF file or folder; may be given several times, each with ,keep-alive=TIME behind it.", HelpName = "name=path" };
    private readonly Option<string> _keepAlive = new("--keep-alive") { Description = "How long a language model stays loaded after its last use: 30s, 5m, 2h, 0, or always.", HelpName = "time", DefaultValueFactory = _ => "5m" };
    private readonly Option<string?> _memory = new("--memory") { Description = "What language models may take together, such as 8GiB; the longest unused goes first. No limit by default.", HelpName = "size" };
    private readonly Option<int?> _context = new("--context") { Description = "The most tokens of prompt and answer; each model's own by default.", HelpName = "n" };
    private readonly KvOption _kv = new();

    private readonly Option<string> _timeout = new("--request-timeout") { Description = "How long a request to a language model may take, waiting and loading included: 90s, 10m, or always for no limit.", HelpName = "time", DefaultValueFactory = _ => "always" };

    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_models, _keepAlive, _memory, _context, _kv, _timeout])
            command.Add(option);
    }

    /// <exception cref="CommandException">A value is wrong, or nothing is at a path.</exception>
    public ServerOptions AddTo(ServerOptions options, ParseResult parsed)
    {
        if (parsed.GetValue(_context) is < 2)
            throw new CommandException($"--context takes a number from 2; found {parsed.GetValue(_context)}");
        ModelEntry[] entries = [.. (parsed.GetValue(_models) ?? []).Select(Entry)];
        if (entries.GroupBy(e => e.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new CommandException($"--model gives the name '{twice.Key}' twice: each model needs its own");
        return options with
        {
            LanguageModels = entries,
            ModelStore = new ModelStoreOptions
            {
                KeepAlive = KeepAlive(parsed.GetValue(_keepAlive)!),
                MemoryBudget = parsed.GetValue(_memory) is { } memory ? Size(memory) : null,
            },
            LanguageTimeout = Timeout(parsed.GetValue(_timeout)!),
            Engine = new LanguageEngineOptions { ContextLength = parsed.GetValue(_context), KvType = parsed.GetValue(_kv) },
        };
    }

    private static ModelEntry Entry(string text)
    {
        int mark = text.IndexOf(KeepAliveMark, StringComparison.Ordinal);
        string named = mark < 0 ? text : text[..mark];
        int equals = named.IndexOf('=', StringComparison.Ordinal);
        string path = named[(equals + 1)..];
        // Without a name it is that of the file or folder.
        string name = equals < 0 ? System.IO.Path.GetFileNameWithoutExtension(path.TrimEnd('/')) : named[..equals];
        if (name.Length == 0 || path.Length == 0)
            throw new CommandException($"--model takes NAME=PATH; found '{text}'");
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new CommandException($"--model {name}: there is nothing at '{path}': name a GGUF file, or a folder with config.json and safetensors");
        return new ModelEntry(name, path, mark < 0 ? null : KeepAlive(text[(mark + KeepAliveMark.Length)..]));
    }

    private static TimeSpan KeepAlive(string text) => text == "always" ? System.Threading.Timeout.InfiniteTimeSpan
        : text == "0" ? TimeSpan.Zero
        : Time(text) ?? throw new CommandException($"--keep-alive takes a time, such as 30s, 5m or 2h, or 0, or always; found '{text}'");

    private static TimeSpan? Timeout(string text) => text == "always" ? null
        : Time(text) is { } time && time >= TimeSpan.FromMilliseconds(1) ? time
        : throw new CommandException($"--request-timeout takes a time above 0, such as 90s or 10m, or always; found '{text}'");

    private static TimeSpan? Time(string text) => Measure(text, s_times) is { } seconds && seconds <= TimeSpan.FromDays(30).TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;

    private static long Size(string text) => Measure(text, s_sizes) is >= 1 and <= 1e18 and double bytes ? (long)bytes
        : throw new CommandException($"--memory takes a size, such as 500MiB or 8GiB; found '{text}'");

    private static double? Measure(string text, (string Unit, double Factor)[] units)
    {
        int digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        string unit = text[digits..].Trim();
        return double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && Array.FindIndex(units, u => u.Unit.Equals(unit, StringComparison.OrdinalIgnoreCase)) is >= 0 and int at
            ? number * units[at].Factor : null;
    }
}
