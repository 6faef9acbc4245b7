using System.Text;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Sarsen.Terminal;

/// <summary>An 8 × 8 digit of 17 grey levels, drawn with shades.</summary>
internal static class DigitView
{
    private const int Side = 8, Levels = 17;
    private const string Shades = " ░▒▓█";

    public static void Write(IAnsiConsole console, JsonObject row)
    {
        int[] pixels = [.. row.Select(field => (int)field.Value!.GetValue<long>())];
        for (int y = 0; y < Side; y++)
        {
            var line = new StringBuilder("    ");
            for (int x = 0; x < Side; x++)
                line.Append(Shades[pixels[y * Side + x] * Shades.Length / Levels], 2);
            console.WriteLine(line.ToString().TrimEnd());
        }
    }
}
