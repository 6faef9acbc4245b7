using System.CommandLine;
using Sarsen.Server.Client;

namespace Sarsen.Services;

/// <summary>Which service a command talks to: a server, or else the local data folder.</summary>
internal sealed class ServiceOptions
{
    /// <summary>Where a key is looked for that is not given, so that it need not stand in a shell's history.</summary>
    public const string KeyVariable = "SARSEN_KEY";

    /// <summary>The data folder when none is named.</summary>
    public const string DefaultFolder = ".sarsen";

    private readonly Option<string?> _server = new("--server") { Description = "A running server, such as http://127.0.0.1:8000; the local folder when not given.", HelpName = "url" };
    private readonly Option<string?> _key = new("--key") { Description = $"The API key for --server; the variable {KeyVariable} when not given.", HelpName = "key" };
    private readonly Option<string> _data = new("--data-folder") { Description = "The local data folder.", HelpName = "folder", DefaultValueFactory = _ => DefaultFolder };

    public void AddTo(Command command, bool local = true)
    {
        command.Add(_server);
        command.Add(_key);
        if (local)
            command.Add(_data);
    }

    /// <summary>The service that was asked for.</summary>
    /// <exception cref="CommandException">The URL is none, or the key is missing.</exception>
    public IService Open(ParseResult parsed) => parsed.GetValue(_server) is { } url
        ? new RemoteService(Connect(parsed, url), UrlOf(url))
        : new FolderService(parsed.GetValue(_data)!);

    /// <summary>The server that was asked for, or null.</summary>
    /// <inheritdoc cref="Open"/>
    public SarsenClient? Server(ParseResult parsed) => parsed.GetValue(_server) is { } url ? Connect(parsed, url) : null;

    private SarsenClient Connect(ParseResult parsed, string url)
    {
        string? key = parsed.GetValue(_key) ?? Environment.GetEnvironmentVariable(KeyVariable);
        if (string.IsNullOrEmpty(key))
            throw new CommandException($"a server needs an API key: give --key, or set {KeyVariable}. Its operator makes one with sarsen keys create");
        return new SarsenClient(UrlOf(url), key);
    }

    private static Uri UrlOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
        ? url
        : throw new CommandException($"--server takes a URL such as http://127.0.0.1:8000, found '{text}'");
}
