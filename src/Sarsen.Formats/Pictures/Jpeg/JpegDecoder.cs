using System.Runtime.InteropServices;

namespace Sarsen.Formats.Pictures.Jpeg;

/// <summary>
/// JPEG by libturbojpeg: baseline and progressive, grey and YCbCr or RGB colours. A file with any damage is refused, even
/// where others would show the part before it.
/// </summary>
internal static unsafe class JpegDecoder
{
    /// <exception cref="ModelFormatException">The file is damaged, or of colours for print.</exception>
    /// <exception cref="MissingLibraryException">libturbojpeg is not there.</exception>
    public static Picture Decode(ReadOnlySpan<byte> file, string name, PictureOptions options)
    {
        TurboJpeg library = TurboJpeg.Library;
        nint handle = library.Open();
        if (handle == 0)
            throw new OutOfMemoryException("libturbojpeg has no memory for a decoder");
        try
        {
            fixed (byte* bytes = file)
            {
                var length = new CULong((nuint)file.Length);
                int width, height, subsampling, colours;
                if (library.ReadHeader(handle, bytes, length, &width, &height, &subsampling, &colours) != 0)
                    throw Fail(library, handle, name);
                if (colours is TurboJpeg.ColourCmyk or TurboJpeg.ColourYcck)
                    throw new ModelFormatException(name, 0, "the picture has CMYK colours, for print, whose meaning depends on a profile: convert it to RGB");
                int channels = colours == TurboJpeg.ColourGrey ? 1 : 3;
                options.CheckSize(name, 0, width, height, channels);
                var pixels = new byte[(long)width * height * channels];
                fixed (byte* to = pixels)
                {
                    if (library.Decompress(handle, bytes, length, to, width, width * channels, height, channels == 1 ? TurboJpeg.FormatGrey : TurboJpeg.FormatRgb, TurboJpeg.Flags) != 0)
                        throw Fail(library, handle, name);
                }
                return new Picture(width, height, channels, pixels);
            }
        }
        finally
        {
            _ = library.Close(handle);
        }
    }

    private static ModelFormatException Fail(TurboJpeg library, nint handle, string name) =>
        new(name, 0, $"the JPEG data is damaged: {Marshal.PtrToStringUTF8((nint)library.Error(handle))}");
}
