using System.CommandLine;
using System.Net;
using Sarsen.Server;
using Sarsen.Services;
using Sarsen.Serving.Networks;

namespace Sarsen.Commands;

/// <summary><c>sarsen serve</c>: the service.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data-folder") { Description = "Where everything is kept.", HelpName = "folder", DefaultValueFactory = _ => ServiceOptions.DefaultFolder };
        var host = new Option<string>("--host") { Description = "The address to listen on; 0.0.0.0 for all of this machine.", HelpName = "address", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new PortOption(8000);
        var languageModels = new LanguageModelArguments();
        var command = new Verb("serve", "Serves registered models and language models over HTTP, until it is stopped.",
            "sarsen serve",
            "sarsen serve --data-folder /var/lib/sarsen --host 0.0.0.0 --port 8000",
            "sarsen serve --model qwen=models/qwen2.5-0.5b.gguf --keep-alive 30m --memory 8GiB")
        {
            data, host, port,
        };
        languageModels.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            if (!IPAddress.TryParse(parsed.GetValue(host) is "localhost" ? "127.0.0.1" : parsed.GetValue(host), out IPAddress? address))
                throw new CommandException($"--host takes an address of this machine, such as 127.0.0.1 or 0.0.0.0; found '{parsed.GetValue(host)}'");
            ServerOptions options = languageModels.AddTo(new ServerOptions { DataFolder = parsed.GetValue(data)!, Address = address, Port = port.Of(parsed) }, parsed);
            await using SarsenServer server = SarsenServer.Build(options, new NetworkPredictorFactory());
            await server.StartAsync(stop);
            Console.Out.WriteLine($"serving {Path.GetFullPath(options.DataFolder)} at {server.Url}");
            if (server.FirstKey is { } key)
                Console.Out.WriteLine($"the first admin key, shown this once: {key}");
            await Task.WhenAny(server.Stopping, Task.Delay(Timeout.Infinite, stop));
            return ExitCode.Done;
        });
        return command;
    }
}
