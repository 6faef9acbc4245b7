namespace Sarsen.Tensors;

/// <summary>How values between the given ones are found.</summary>
public enum Interpolation
{
    /// <summary>The element whose cell the place is in.</summary>
    Nearest,

    /// <summary>Of the four around it, weighted by nearness.</summary>
    Bilinear,
}
