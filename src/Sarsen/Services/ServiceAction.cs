using System.CommandLine;
using System.Text.Json;

namespace Sarsen.Services;

/// <summary>What commands on a service share: the options that say which, and <c>--json</c>.</summary>
internal static class ServiceAction
{
    /// <summary>Adds the options, and an action that asks the service and shows the answer.</summary>
    /// <param name="command">The command.</param>
    /// <param name="ask">Asks.</param>
    /// <param name="show">Shows the answer to a person; with <c>--json</c> the answer itself is printed.</param>
    public static void RunOnService<T>(this Command command, Func<IService, ParseResult, CancellationToken, Task<T>> ask, Action<T> show)
    {
        var options = new ServiceOptions();
        options.AddTo(command);
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        command.Add(json);
        command.SetAction(async (parsed, stop) =>
        {
            await using IService service = options.Open(parsed);
            T answer = await ask(service, parsed, stop);
            if (parsed.GetValue(json))
                Console.Out.WriteLine(JsonSerializer.Serialize(answer, PredictionLine.Options));
            else
                show(answer);
            return ExitCode.Done;
        });
    }
}
