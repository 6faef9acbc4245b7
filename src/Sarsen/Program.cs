using System.CommandLine;
using Sarsen;
using Sarsen.Commands;

RootCommand root = Root.Create();
ParseResult parsed = root.Parse(args);
if (parsed is { UnmatchedTokens: [], Errors.Count: > 0, CommandResult.Command.Subcommands.Count: > 0 })
{
    // A word is missing, not wrong: what there is says which.
    root.Parse([.. args, "--help"]).Invoke();
    return ExitCode.BadInput;
}
if (CommandLineMistake.Find(parsed) is { } mistake)
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
