using Spectre.Console;

namespace Sarsen.Terminal;

/// <summary>The console that tables and charts are drawn on: in colours for a person, plain and wide for a pipe or a file.</summary>
internal static class Screen
{
    private const int PlainWidth = 160;

    public static IAnsiConsole Console { get; } = Make();

    /// <summary>Does a person look on.</summary>
    public static bool IsLive { get; } = !System.Console.IsOutputRedirected && Console.Profile.Capabilities.Interactive;

    private static IAnsiConsole Make()
    {
        if (!System.Console.IsOutputRedirected)
            return AnsiConsole.Console;
        IAnsiConsole plain = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(System.Console.Out),
        });
        plain.Profile.Width = PlainWidth;
        return plain;
    }
}
