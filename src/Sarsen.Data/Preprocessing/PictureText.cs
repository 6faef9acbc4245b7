using Sarsen.Data.Tables;
using Sarsen.Formats;
using Sarsen.Formats.Pictures;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing;

/// <summary>A picture as text: a PNG or JPEG file in base64, alone or as a data URL.</summary>
internal static class PictureText
{
    // A picture of a request is decoded before its size can be compared, so what it may cost is bounded here.
    private const long MostPixels = 1 << 24;

    /// <summary>Whether rows of a column are pictures that can be sent as files.</summary>
    public static bool Reads(ColumnInfo column) =>
        column.ElementType == DType.U8 && column.ElementShape.Rank == 3 && column.ElementShape[0] is 1 or 3 or 4;

    /// <summary>Decodes a picture into (C, H, W).</summary>
    /// <param name="text">The base64.</param>
    /// <param name="column">A column that is read.</param>
    /// <param name="into">One row's bytes.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? Read(string text, ColumnInfo column, Span<byte> into)
    {
        int start = text.StartsWith("data:", StringComparison.Ordinal) ? text.IndexOf(',') + 1 : 0;
        byte[] file = new byte[(text.Length - start) / 4 * 3 + 3];
        if (!Convert.TryFromBase64Chars(text.AsSpan(start), file, out int length))
            return $"must be nested arrays of the shape {column.ElementShape}, or a PNG or JPEG file in base64, found text that is no base64";
        Shape shape = column.ElementShape;
        try
        {
            Picture picture = PictureReader.Read(file.AsMemory(0, length), column.Name, new PictureOptions { Channels = (int)shape[0], MaxPixels = MostPixels });
            if (picture.Height != shape[1] || picture.Width != shape[2])
                return $"is a picture of {picture.Height} x {picture.Width} pixels (height x width), {shape[1]} x {shape[2]} expected: scale it first";
            Planes(picture, into);
            return null;
        }
        catch (Exception e) when (e is ModelFormatException or MissingLibraryException)
        {
            return $"cannot be read as a picture: {e.Message}";
        }
    }

    // (H, W, C) to (C, H, W)
    private static void Planes(Picture picture, Span<byte> into)
    {
        int pixels = picture.Width * picture.Height;
        for (int c = 0; c < picture.Channels; c++)
        {
            for (int i = 0; i < pixels; i++)
                into[c * pixels + i] = picture.Pixels[i * picture.Channels + c];
        }
    }
}
