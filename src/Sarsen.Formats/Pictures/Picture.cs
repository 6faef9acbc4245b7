namespace Sarsen.Formats.Pictures;

/// <summary>
/// A picture of 8 bits a channel, (H, W, C): grey (1 channel), RGB (3) or RGBA (4, alpha not multiplied into the colours).
/// </summary>
public sealed class Picture
{
    /// <param name="width">In pixels, from 1.</param>
    /// <param name="height">In pixels, from 1.</param>
    /// <param name="channels">1, 3 or 4.</param>
    /// <param name="pixels">width · height · channels bytes, row by row from the top; not copied.</param>
    /// <exception cref="ArgumentException">A size is out of its range, or the pixels are not as many.</exception>
    public Picture(int width, int height, int channels, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3 or 4))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "a picture has 1, 3 or 4 channels");
        if (pixels.LongLength != (long)width * height * channels)
            throw new ArgumentException($"a picture of {width} x {height} with {channels} channels has {(long)width * height * channels} bytes, {pixels.Length} were given", nameof(pixels));
        (Width, Height, Channels, Pixels) = (width, height, channels, pixels);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>1 for grey, 3 for RGB, 4 for RGBA.</summary>
    public int Channels { get; }

    /// <summary>(H, W, C), row by row from the top.</summary>
    public byte[] Pixels { get; }
}
