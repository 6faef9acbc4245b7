using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Sarsen.Data.Sources;
using Sarsen.Data.Tables;
using Sarsen.Server;
using Sarsen.Server.Client;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Keys;
using Sarsen.Services;
using Sarsen.Serving.Networks;
using Sarsen.Terminal;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;
using Spectre.Console;

namespace Sarsen.Commands;

/// <summary><c>sarsen quickstart</c>: the whole way once, on digits that ship with the program, from data to an answer over HTTP.</summary>
internal static class QuickstartCommand
{
    private const string Name = "digits-cnn";

    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "End after the first answer, instead of serving on." };
        var port = new PortOption(0);
        var folder = new Option<string>("--folder") { Description = "Where the run and the data folder go.", HelpName = "folder", DefaultValueFactory = _ => "quickstart" };
        var command = new Verb("quickstart", "Trains a network on handwritten digits, registers it, serves it, and asks it: in under a minute.",
            "sarsen quickstart --once")
        {
            once, port, folder,
        };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetValue(folder)!, port.Of(parsed), parsed.GetValue(once), stop));
        return command;
    }

    private static async Task<int> RunAsync(string folder, int port, bool once, CancellationToken stop)
    {
        long begun = Stopwatch.GetTimestamp();
        string specFile = Path.Combine(AppContext.BaseDirectory, "samples", "digits-cnn.yaml");
        RunSpec spec = RunSpec.Load(specFile);
        string data = Path.Combine(folder, "data");
        // Taken before the training, so that one that cannot be had is said at once.
        await using var service = new FolderService(data);
        Say("1", $"Training {Name} as {Shown(specFile)} says, on 1,797 digits of 8 x 8 pixels");
        RunResult result = RunView.Watch(view => TrainingRun.Start(spec,
            new RunOptions { Folder = Path.Combine(folder, "run"), Overwrite = true, Observer = view }, stop));
        RunView.Conclude(result);
        if (result.Status != RunStatus.Finished)
            return ExitCode.Interrupted;

        Say("2", $"Registering it in {data}, and serving it");
        int version = (await service.RegisterAsync(Name, result.Model!, stop)).Version;
        await service.DeployAsync(new CreateDeployment(Name, Name), stop);
        string key = (await service.CreateKeyAsync("quickstart", KeyRole.User, stop)).Key!;
        await service.DisposeAsync();
        await using SarsenServer server = SarsenServer.Build(new ServerOptions { DataFolder = data, Port = port }, new NetworkPredictorFactory());
        await server.StartAsync(stop);
        Screen.Console.WriteLine($"{Name} version {version} is deployed at {server.Url}");

        Say("3", "Asking it over HTTP, with a fresh key");
        (JsonObject row, string label) = FirstDigit(spec);
        using var client = new SarsenClient(server.Url, key);
        DeploymentView deployed = await client.WaitUntilLoadedAsync(Name, stop);
        if (deployed.State != "ready")
            throw new CommandException($"the deployment has {deployed.State}: {deployed.Reason}");
        PredictionView prediction = (await client.PredictAsync(Name, [row], stop)).Predictions[0];
        DigitView.Write(Screen.Console, row);
        Screen.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"it says {prediction.Class}, with probability {prediction.Probability:0.0000}; it is {label}"));

        string request = Path.Combine(folder, "request.json");
        await File.WriteAllTextAsync(request, new JsonObject { ["rows"] = new JsonArray(row.DeepClone()) }.ToJsonString(), stop);
        // The server of this command ends with it: what serves then is the one that the line names, at its usual port.
        Say("4", once ? $"To ask again, run sarsen serve --data-folder {data}, and then" : "To ask again");
        Uri asked = once ? new Uri("http://127.0.0.1:8000/") : server.Url;
        Console.Out.WriteLine($"curl -s {asked}v1/deployments/{Name}/predict -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d @{request}");
        Screen.Console.WriteLine();
        Screen.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from data to the first answer in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s"));
        if (once)
            return ExitCode.Done;
        Screen.Console.WriteLine("serving until Ctrl-C");
        await Task.WhenAny(server.Stopping, Task.Delay(Timeout.Infinite, stop));
        return ExitCode.Done;
    }

    private static string Shown(string file)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, file);
        return relative.StartsWith("..", StringComparison.Ordinal) ? file : relative;
    }

    private static void Say(string number, string text)
    {
        Screen.Console.WriteLine();
        Screen.Console.MarkupLineInterpolated($"[bold]{number}. {text}[/]");
        Screen.Console.WriteLine();
    }

    // The first row of the data, as a client would send it.
    private static (JsonObject Row, string Label) FirstDigit(RunSpec spec)
    {
        RowBlock block = spec.Data.Source.Open(new SourceContext()).Read(default).First();
        var row = new JsonObject();
        string label = "";
        foreach (Column column in block.Columns)
        {
            long value = ((Column<long>)column).Values[0];
            if (column.Info.Name == spec.Data.Target[0])
                label = value.ToString(CultureInfo.InvariantCulture);
            else
                row[column.Info.Name] = value;
        }
        return (row, label);
    }
}
