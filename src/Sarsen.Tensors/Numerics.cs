namespace Sarsen.Tensors;

/// <summary>
/// What the bits of results rest on: the order of every sum, the functions' polynomials, the streams of random
/// numbers. Where one of them changes, so does the version, and a run cannot be resumed under another.
/// </summary>
public static class Numerics
{
    public const int Version = 4;
}
