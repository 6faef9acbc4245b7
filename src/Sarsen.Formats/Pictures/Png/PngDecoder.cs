using System.IO.Compression;

namespace Sarsen.Formats.Pictures.Png;

/// <summary>
/// PNG: every colour type and bit depth, palettes, transparency, filters and Adam7 interlace. All checksums are checked;
/// chunks that need not be understood are skipped. Source: W3C, Portable Network Graphics, second edition.
/// </summary>
internal static class PngDecoder
{
    // Deflate spends at least two bits on a copy of at most 258 bytes.
    private const long MostExpansion = 1032;

    /// <summary>First column and row of each pass of Adam7, and its steps; without interlace there is the one pass of all pixels.</summary>
    private static readonly (int X, int Y, int StepX, int StepY)[]
        s_adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)],
        s_whole = [(0, 0, 1, 1)];

    /// <exception cref="ModelFormatException">The file is damaged, or breaks a rule of the format.</exception>
    public static Picture Decode(ReadOnlyMemory<byte> file, string name, PictureOptions options)
    {
        PngChunks png = PngChunks.Read(file, name, options);
        var samples = new PngSamples(png);
        int bits = PngSamples.SamplesOf(png.Colour) * png.Depth;
        long packedRows = ((long)png.Width * bits + 7) / 8 * png.Height;
        if (packedRows > png.DataBytes * MostExpansion)
            throw new ModelFormatException(name, file.Length, $"{png.Width} x {png.Height} pixels cannot be packed in the {png.DataBytes} bytes of IDAT: the file is cut off or damaged");
        var pixels = new byte[(long)png.Width * png.Height * samples.Channels];
        try
        {
            using var data = new ZLibStream(new ChunkStream(png.Data), CompressionMode.Decompress);
            foreach ((int x, int y, int stepX, int stepY) in png.Interlaced ? s_adam7 : s_whole)
            {
                // Rounded up; a pass of no column has no rows, not even their filters.
                int width = (png.Width - x + stepX - 1) / stepX;
                if (width <= 0)
                    continue;
                var rows = new byte[2][];
                rows[0] = new byte[1 + ((long)width * bits + 7) / 8];
                rows[1] = new byte[rows[0].Length];
                for (int row = y, turn = 0; row < png.Height; row += stepY, turn ^= 1)
                {
                    ReadRow(data, rows[turn], rows[turn ^ 1], Math.Max(1, bits / 8), name, file.Length);
                    int first = (row * png.Width + x) * samples.Channels;
                    if (!samples.Expand(rows[turn].AsSpan(1), width, pixels.AsSpan(first), stepX * samples.Channels))
                        throw new ModelFormatException(name, file.Length, $"row {row} has a pixel whose colour is not among the {png.Palette.Length / 3} of the palette");
                }
            }
            // Only at its end is the checksum of the pixels compared.
            if (data.ReadByte() >= 0)
                throw new ModelFormatException(name, file.Length, "IDAT has more data than the picture's pixels");
        }
        catch (InvalidDataException e)
        {
            throw new ModelFormatException(name, file.Length, $"the packed pixels are damaged: {e.Message}", e);
        }
        return new Picture(png.Width, png.Height, samples.Channels, pixels);
    }

    // The filter's number, then the row.
    private static void ReadRow(ZLibStream data, byte[] row, byte[] above, int step, string name, long offset)
    {
        if (data.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length)
            throw new ModelFormatException(name, offset, "IDAT ends before the last row");
        if (!PngFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), step))
            throw new ModelFormatException(name, offset, $"the row filter {row[0]} is unknown; 0 to 4 are expected");
    }
}
