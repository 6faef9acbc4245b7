namespace Sarsen.Formats.Pictures;

/// <summary>What a reader of pictures gives, and what it refuses before it allocates.</summary>
public sealed record PictureOptions
{
    public static PictureOptions Default { get; } = new();

    /// <summary>
    /// 1 (grey), 3 (RGB) or 4 (RGBA); 0, the default, for what the file has. Colours become grey by BT.601's weights,
    /// 0.299 R + 0.587 G + 0.114 B.
    /// </summary>
    public int Channels { get; init; }

    public AlphaPolicy Alpha { get; init; } = AlphaPolicy.Refuse;

    /// <summary>The grey level, 0 to 255, of what lies behind a picture that is composited; white by default.</summary>
    public byte Background { get; init; } = 255;

    /// <summary>The largest width and height, in pixels. 32,768 is twice the side of the largest scans.</summary>
    public int MaxSide { get; init; } = 1 << 15;

    /// <summary>The most pixels: 64 Mi by default, which is 256 MiB as RGBA.</summary>
    public long MaxPixels { get; init; } = 1 << 26;

    /// <summary>The longest file that a stream may give, in bytes: 256 MiB by default.</summary>
    public int MaxFileBytes { get; init; } = 1 << 28;

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal void Check()
    {
        if (Channels is not (0 or 1 or 3 or 4))
            throw new ArgumentOutOfRangeException(nameof(Channels), Channels, "Channels is 1, 3 or 4, or 0 for what the file has");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSide, 1, nameof(MaxSide));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPixels, 1, nameof(MaxPixels));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFileBytes, 1, nameof(MaxFileBytes));
    }

    /// <exception cref="PictureSizeException">The picture is larger than allowed.</exception>
    internal void CheckSize(string name, long offset, long width, long height, int channels)
    {
        if (width > MaxSide || height > MaxSide || width * height > MaxPixels || width * height * channels > Array.MaxLength)
            throw new PictureSizeException(name, offset, width, height, this);
    }
}
