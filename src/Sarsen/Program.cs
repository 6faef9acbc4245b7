using System.CommandLine;
using Sarsen;
using Sarsen.Commands;

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

ParseResult parsed = root.Parse(args);
try
{
    // An interrupted run saves a checkpoint before it ends: it is given the time.
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(5) });
}
catch (Exception e)
{
    return Failure.Report(e, Console.Error);
}
