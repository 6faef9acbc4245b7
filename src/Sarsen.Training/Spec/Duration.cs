using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sarsen.Training.Spec;

/// <summary>Lengths of time as a spec writes them: <c>90s</c>, <c>1h30m</c>, <c>250ms</c>, <c>2d</c>.</summary>
internal static partial class Duration
{
    /// <summary>The form, as a regular expression of ECMA 262 (which JSON Schema uses).</summary>
    public const string Pattern = @"^([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?([0-9]{1,6}ms)?$";

    public static bool TryParse(string text, out TimeSpan value)
    {
        Match match = Form().Match(text);
        double Part(int group) => match.Groups[group].Success
            ? double.Parse(match.Groups[group].Value.TrimEnd('d', 'h', 'm', 's'), CultureInfo.InvariantCulture)
            : 0;
        value = default;
        if (!match.Success || text.Length == 0 || text.EndsWith('\n'))
            return false;
        value = TimeSpan.FromDays(Part(1)) + TimeSpan.FromHours(Part(2)) + TimeSpan.FromMinutes(Part(3))
            + TimeSpan.FromSeconds(Part(4)) + TimeSpan.FromMilliseconds(Part(5));
        return true;
    }

    public static string Write(TimeSpan value)
    {
        var text = new StringBuilder();
        void Part(int count, string unit)
        {
            if (count != 0)
                text.Append(count).Append(unit);
        }
        Part(value.Days, "d");
        Part(value.Hours, "h");
        Part(value.Minutes, "m");
        Part(value.Seconds, "s");
        Part(value.Milliseconds, "ms");
        return text.Length == 0 ? "0s" : text.ToString();
    }

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
