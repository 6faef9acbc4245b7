namespace Sarsen.Formats.Pictures;

/// <summary>Grey, RGB and RGBA into one another, pixel by pixel.</summary>
internal static class ChannelConversion
{
    private const byte Opaque = 255;

    /// <summary>The picture with the channels that are wanted; itself when it has them.</summary>
    /// <exception cref="ModelFormatException">Transparency would be lost, and the policy is to refuse that.</exception>
    public static Picture Convert(Picture picture, string name, PictureOptions options)
    {
        int wanted = options.Channels;
        if (wanted == 0 || wanted == picture.Channels)
            return picture;
        if (picture.Channels == 4)
            picture = WithoutAlpha(picture, name, options);
        return picture.Channels == wanted ? picture : new Picture(picture.Width, picture.Height, wanted, (picture.Channels, wanted) switch
        {
            (3, 1) => ToGrey(picture.Pixels),
            (1, 3) => FromGrey(picture.Pixels, 3),
            (1, 4) => FromGrey(picture.Pixels, 4),
            _ => WithAlpha(picture.Pixels),
        });
    }

    // Rounded as c = (a·over + (255 - a)·under + 127) / 255.
    private static Picture WithoutAlpha(Picture picture, string name, PictureOptions options)
    {
        byte[] from = picture.Pixels, to = new byte[from.Length / 4 * 3];
        for (int i = 0, j = 0; i < from.Length; i += 4, j += 3)
        {
            int alpha = options.Alpha == AlphaPolicy.Drop ? Opaque : from[i + 3];
            if (alpha != Opaque && options.Alpha == AlphaPolicy.Refuse)
                throw new ModelFormatException(name, 0, $"the picture has transparent pixels, the first at ({i / 4 % picture.Width}, {i / 4 / picture.Width}), and {options.Channels} channels are wanted: read 4 channels, or say that alpha is dropped or composited");
            int under = (Opaque - alpha) * options.Background + 127;
            for (int c = 0; c < 3; c++)
                to[j + c] = (byte)((alpha * from[i + c] + under) / Opaque);
        }
        return new Picture(picture.Width, picture.Height, 3, to);
    }

    // The weights 0.299, 0.587, 0.114 in 16 bits, which sum to 65536, so that grey stays grey.
    private static byte[] ToGrey(byte[] from)
    {
        var to = new byte[from.Length / 3];
        for (int i = 0; i < to.Length; i++)
            to[i] = (byte)((from[i * 3] * 19595 + from[i * 3 + 1] * 38470 + from[i * 3 + 2] * 7471 + 0x8000) >> 16);
        return to;
    }

    private static byte[] FromGrey(byte[] from, int channels)
    {
        var to = new byte[from.Length * channels];
        for (int i = 0, j = 0; i < from.Length; i++, j += channels)
        {
            to[j] = to[j + 1] = to[j + 2] = from[i];
            if (channels == 4)
                to[j + 3] = Opaque;
        }
        return to;
    }

    private static byte[] WithAlpha(byte[] from)
    {
        var to = new byte[from.Length / 3 * 4];
        for (int i = 0, j = 0; i < from.Length; i += 3, j += 4)
        {
            (to[j], to[j + 1], to[j + 2]) = (from[i], from[i + 1], from[i + 2]);
            to[j + 3] = Opaque;
        }
        return to;
    }
}
