using System.CommandLine;
using Sarsen.Commands;

namespace Sarsen;

/// <summary>Runs a command line, and answers one that is mistaken.</summary>
internal static class CommandLine
{
    // An interrupted run saves a checkpoint before it ends: it is given the time.
    private static readonly TimeSpan TimeToSave = TimeSpan.FromMinutes(5);

    /// <param name="args">The words after <c>sarsen</c>.</param>
    /// <param name="errors">Where what went wrong is said.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter errors)
    {
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
            errors.WriteLine($"sarsen: {mistake}");
            errors.WriteLine($"{CommandLineMistake.Called(parsed.CommandResult)} --help says more");
            return ExitCode.BadInput;
        }
        try
        {
            TimeSpan? patience = parsed.CommandResult.Command is Verb { EndsByInterrupt: false } ? null : TimeToSave;
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = patience });
        }
        catch (Exception e)
        {
            return Failure.Report(e, errors);
        }
    }
}
