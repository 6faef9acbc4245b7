using System.Globalization;
using System.Text;
using Sarsen.Training.Trainers;
using Spectre.Console;

namespace Sarsen.Terminal;

/// <summary>The losses of training and validation over the epochs, drawn with Braille dots, 2 × 4 a character.</summary>
internal static class LossChart
{
    private const int Width = 60;
    private const int Height = 10;

    // The bit of each dot of a Braille character, by row and column (Unicode 15, block U+2800).
    private static readonly int[,] Dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    public static void Write(IAnsiConsole console, IReadOnlyList<EpochRecord> history)
    {
        double[] training = [.. history.Select(h => h.TrainLoss)];
        double?[] validation = [.. history.Select(h => h.ValidationLoss)];
        double low = training.Concat(validation.OfType<double>()).Min(), high = training.Concat(validation.OfType<double>()).Max();
        if (!(high > low))
            return;
        int[,] first = new int[Height, Width], second = new int[Height, Width];
        Draw(first, [.. training.Select(v => (double?)v)], low, high);
        Draw(second, validation, low, high);

        console.WriteLine();
        console.MarkupLine(validation.Any(v => v is not null) ? "loss: [blue]training[/], [yellow]validation[/]" : "loss: [blue]training[/]");
        for (int row = 0; row < Height; row++)
        {
            string label = row == 0 ? Label(high) : row == Height - 1 ? Label(low) : "";
            var line = new StringBuilder($"{label,9} │");
            for (int column = 0; column < Width; column++)
            {
                int dots = first[row, column] | second[row, column];
                string glyph = dots == 0 ? " " : ((char)(0x2800 + dots)).ToString();
                line.Append(second[row, column] != 0 ? $"[yellow]{glyph}[/]" : first[row, column] != 0 ? $"[blue]{glyph}[/]" : glyph);
            }
            console.MarkupLine(line.ToString().TrimEnd());
        }
        console.WriteLine($"{"",9} └{new string('─', Width)}");
        string last = $"epoch {history.Count}";
        console.WriteLine($"{"",10} 1{last.PadLeft(Width - 1)}");
        console.WriteLine();
    }

    private static void Draw(int[,] dots, double?[] values, double low, double high)
    {
        int columns = Width * 2, rows = Height * 4;
        for (int x = 0; x < columns; x++)
        {
            double at = (double)x / (columns - 1) * (values.Length - 1);
            (double? left, double? right) = (values[(int)at], values[Math.Min((int)at + 1, values.Length - 1)]);
            if (left is null || right is null)
                continue;
            double value = left.Value + (right.Value - left.Value) * (at - (int)at);
            int y = (int)Math.Round((high - value) / (high - low) * (rows - 1));
            dots[y / 4, x / 2] |= Dots[y % 4, x % 2];
        }
    }

    private static string Label(double value) => value.ToString(value is >= 0.01 and < 1000 ? "0.000" : "0.0e+0", CultureInfo.InvariantCulture);
}
