namespace Sarsen.Formats.Pictures.Png;

/// <summary>PNG's colour types (PNG, table 11.1).</summary>
internal enum PngColour : byte
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}
