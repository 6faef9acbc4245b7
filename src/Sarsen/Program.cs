using System.CommandLine;
using System.CommandLine.Help;
using Sarsen;
using Sarsen.Commands;
using Sarsen.Terminal;

var root = new RootCommand("Prepares data, trains, evaluates, registers, deploys and serves models, in one program.")
{
    QuickstartCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    PredictCommand.Create(),
    DataCommand.Create(),
    ModelsCommand.Create(),
    DeployCommand.Create(),
    ServeCommand.Create(),
    KeysCommand.Create(),
};

HelpOption help = root.Options.OfType<HelpOption>().Single();
help.Action = new HelpWithExamples((HelpAction)help.Action!, ["sarsen quickstart --once", "sarsen train spec.yaml", "sarsen serve"]);

ParseResult parsed = root.Parse(args);
if (parsed is { UnmatchedTokens: [], Errors.Count: > 0, CommandResult.Command.Subcommands.Count: > 0 })
{
    root.Parse([.. args, "--help"]).Invoke();
    return ExitCode.BadInput;
}
if (parsed.Action is not (HelpWithExamples or null) && CommandLineMistake.Find(parsed) is { } mistake)
{
    Console.Error.WriteLine($"sarsen: {mistake}");
    Console.Error.WriteLine($"{CommandLineMistake.Called(parsed.CommandResult)} --help says more");
    return ExitCode.BadInput;
}
using var notes = new EngineNotes();
try
{
    // An interrupted run saves a checkpoint before it ends: it is given the time.
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(5) });
}
catch (Exception e)
{
    return Failure.Report(e, Console.Error);
}
