namespace Sarsen.Formats.Pictures;

/// <summary>A picture says that it is larger than is allowed. Nothing was allocated for it.</summary>
public sealed class PictureSizeException : ModelFormatException
{
    internal PictureSizeException(string file, long offset, long width, long height, PictureOptions options)
        : base(file, offset, $"the picture is {width} x {height} pixels; at most {options.MaxSide} a side and {options.MaxPixels} in all are allowed: scale it down, or raise the limits") =>
        (Width, Height) = (width, height);

    public long Width { get; }

    public long Height { get; }
}
