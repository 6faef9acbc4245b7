using System.CommandLine;

namespace Sarsen.Services;

/// <summary><c>--port</c>: where a server listens.</summary>
internal sealed class PortOption : Option<int>
{
    /// <param name="usual">The port when none is given.</param>
    public PortOption(int usual)
        : base("--port")
    {
        Description = "The port to serve on; 0 for any free one.";
        HelpName = "port";
        DefaultValueFactory = _ => usual;
    }

    /// <exception cref="CommandException">There is no such port.</exception>
    public int Of(ParseResult parsed) => parsed.GetValue(this) is >= 0 and <= ushort.MaxValue and int port
        ? port
        : throw new CommandException($"--port takes a number from 0 to {ushort.MaxValue}; found {parsed.GetValue(this)}");
}
