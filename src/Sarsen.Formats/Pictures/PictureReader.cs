using Sarsen.Formats.Pictures.Jpeg;
using Sarsen.Formats.Pictures.Png;

namespace Sarsen.Formats.Pictures;

/// <summary>
/// Reads PNG and JPEG, told apart by their first bytes. Colours are taken as stored: gamma, colour profiles and the
/// orientation of EXIF are not applied. JPEG needs libturbojpeg.
/// </summary>
public static class PictureReader
{
    /// <summary>Is libturbojpeg on this machine.</summary>
    public static bool CanReadJpeg => TurboJpeg.IsThere;

    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="options">Channels and limits; null for the defaults.</param>
    /// <exception cref="PictureSizeException">The picture is larger than the limits.</exception>
    /// <exception cref="ModelFormatException">It is neither PNG nor JPEG, damaged, or transparent against the policy.</exception>
    /// <exception cref="MissingLibraryException">It is JPEG, and libturbojpeg is not there.</exception>
    public static Picture Read(ReadOnlyMemory<byte> bytes, string name, PictureOptions? options = null)
    {
        options ??= PictureOptions.Default;
        options.Check();
        Picture picture = bytes.Span switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => PngDecoder.Decode(bytes, name, options),
            [0xFF, 0xD8, 0xFF, ..] => JpegDecoder.Decode(bytes.Span, name, options),
            _ => throw new ModelFormatException(name, 0, "this is neither PNG nor JPEG, by its first bytes"),
        };
        return ChannelConversion.Convert(picture, name, options);
    }

    /// <summary>Reads a stream to its end, at most <see cref="PictureOptions.MaxFileBytes"/>.</summary>
    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, string, PictureOptions?)"/>
    public static Picture Read(Stream stream, string name, PictureOptions? options = null)
    {
        options ??= PictureOptions.Default;
        options.Check();
        var memory = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (memory.Length + read > options.MaxFileBytes)
                throw new ModelFormatException(name, memory.Length, $"the file is longer than the {options.MaxFileBytes} bytes that a picture may have: scale it down, or raise MaxFileBytes");
            memory.Write(buffer, 0, read);
        }
        return Read(memory.GetBuffer().AsMemory(0, (int)memory.Length), name, options);
    }

    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, string, PictureOptions?)"/>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static Picture Read(string path, PictureOptions? options = null)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file, path, options);
    }
}
