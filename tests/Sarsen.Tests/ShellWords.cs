using System.Text.RegularExpressions;

namespace Sarsen.Tests;

/// <summary>The words of a line, as a shell splits it; single quotes hold one together.</summary>
internal static partial class ShellWords
{
    public static string[] Split(string line) => [.. Words().Matches(line).Select(m => m.Value.Replace("'", "", StringComparison.Ordinal))];

    [GeneratedRegex(@"(?:'[^']*'|[^\s'])+")]
    private static partial Regex Words();
}
