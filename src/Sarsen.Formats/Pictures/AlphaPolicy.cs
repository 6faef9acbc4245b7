namespace Sarsen.Formats.Pictures;

/// <summary>What becomes of transparency when a picture without an alpha channel is wanted.</summary>
public enum AlphaPolicy
{
    /// <summary>A picture with a pixel that is not opaque is refused. The default: nothing is lost in silence.</summary>
    Refuse,

    /// <summary>The colours are taken as they are stored, whatever alpha says.</summary>
    Drop,

    /// <summary>The picture is laid over <see cref="PictureOptions.Background"/>.</summary>
    Composite,
}
