using System.Globalization;
using System.Text;

namespace Sarsen.Text.Templates;

/// <summary>A time by a format of C's <c>strftime</c>, in English.</summary>
internal static class TimeText
{
    public static string Format(Rendering rendering, DateTimeOffset time, string format)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            i++;
            // A minus leaves the zero in front away.
            bool bare = format[i] == '-' && i + 1 < format.Length;
            i += bare ? 1 : 0;
            string part = Part(rendering, time, format[i]);
            text.Append(bare && part.Length > 1 ? part.TrimStart('0') is { Length: > 0 } digits ? digits : "0" : part);
        }
        rendering.Charge(text.Length);
        return text.ToString();
    }

    private static string Part(Rendering rendering, DateTimeOffset time, char letter) => letter switch
    {
        'a' => Invariant(time, "ddd"),
        'A' => Invariant(time, "dddd"),
        'b' or 'h' => Invariant(time, "MMM"),
        'B' => Invariant(time, "MMMM"),
        'c' => Invariant(time, "ddd MMM ") + Padded(time.Day, 2, ' ') + Invariant(time, " HH:mm:ss yyyy"),
        'd' => Invariant(time, "dd"),
        'D' => Invariant(time, "MM/dd/yy"),
        'e' => Padded(time.Day, 2, ' '),
        'F' => Invariant(time, "yyyy-MM-dd"),
        'H' => Invariant(time, "HH"),
        'I' => Invariant(time, "hh"),
        'j' => Padded(time.DayOfYear, 3, '0'),
        'm' => Invariant(time, "MM"),
        'M' => Invariant(time, "mm"),
        'n' => "\n",
        'p' => time.Hour < 12 ? "AM" : "PM",
        'S' => Invariant(time, "ss"),
        't' => "\t",
        'T' => Invariant(time, "HH:mm:ss"),
        'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'y' => Invariant(time, "yy"),
        'Y' => Invariant(time, "yyyy"),
        'z' => Invariant(time, "zzz").Replace(":", "", StringComparison.Ordinal),
        '%' => "%",
        _ => throw rendering.Fail($"strftime_now does not know %{letter}"),
    };

    private static string Invariant(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    private static string Padded(int number, int width, char by) => number.ToString(CultureInfo.InvariantCulture).PadLeft(width, by);
}
