using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Sarsen.Commands;

namespace Sarsen.Terminal;

/// <summary>The help of a command: the usual one, and below it the examples.</summary>
/// <param name="usual">Writes description, usage, arguments and options.</param>
/// <param name="first">The examples of the program itself.</param>
internal sealed class HelpWithExamples(HelpAction usual, IReadOnlyList<string> first) : SynchronousCommandLineAction
{
    public override bool Terminating => true;

    // Who asks for help has not written all of the line yet.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parsed)
    {
        int code = usual.Invoke(parsed);
        TextWriter output = parsed.InvocationConfiguration.Output;
        IReadOnlyList<string> examples = parsed.CommandResult.Command is Verb verb ? verb.Examples : first;
        output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
        foreach (string example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}
