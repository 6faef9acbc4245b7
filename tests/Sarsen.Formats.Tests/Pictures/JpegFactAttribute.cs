using Sarsen.Formats.Pictures;

namespace Sarsen.Formats.Tests.Pictures;

/// <summary>A fact that needs libturbojpeg, and skips with the reason where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JpegFactAttribute : FactAttribute
{
    public JpegFactAttribute()
    {
        if (!PictureReader.CanReadJpeg)
            Skip = "needs libturbojpeg: install libturbojpeg0 (Debian, Ubuntu)";
    }
}
