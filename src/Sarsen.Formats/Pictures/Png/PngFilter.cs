namespace Sarsen.Formats.Pictures.Png;

/// <summary>
/// Undoes the filters of a row (PNG, section 9): each byte was stored less a prediction from the bytes to the left (a),
/// above (b) and above left (c) of the pixel before. Arithmetic is modulo 256.
/// </summary>
internal static class PngFilter
{
    /// <summary>False when there is no such filter.</summary>
    /// <param name="filter">0 none, 1 sub, 2 up, 3 average, 4 Paeth.</param>
    /// <param name="row">Replaced by what it was before the filter.</param>
    /// <param name="above">The row above, zeros for the first.</param>
    /// <param name="step">Bytes of a pixel, at least 1.</param>
    public static bool Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        switch (filter)
        {
            case 0:
                return true;
            case 1:
                for (int i = step; i < row.Length; i++)
                    row[i] += row[i - step];
                return true;
            case 2:
                for (int i = 0; i < row.Length; i++)
                    row[i] += above[i];
                return true;
            case 3:
                for (int i = 0; i < row.Length; i++)
                    row[i] += (byte)(((i < step ? 0 : row[i - step]) + above[i]) / 2);
                return true;
            case 4:
                int first = Math.Min(step, row.Length);
                for (int i = 0; i < first; i++)
                    row[i] += above[i];
                for (int i = step; i < row.Length; i++)
                    row[i] += Paeth(row[i - step], above[i], above[i - step]);
                return true;
            default:
                return false;
        }
    }

    // The one of a, b, c that is nearest to a + b - c; in this order when they are equally near.
    private static byte Paeth(int a, int b, int c)
    {
        int pa = Math.Abs(b - c), pb = Math.Abs(a - c), pc = Math.Abs(a + b - c - c);
        return (byte)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
    }
}
