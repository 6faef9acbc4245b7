namespace Sarsen.Tensors.Kernels;

/// <summary>Planes of pictures as chunks of work, cut by their sizes alone: enough elements each to be worth handing out.</summary>
internal readonly struct PlaneChunks
{
    private const nint ChunkElements = 16 * 1024;

    private readonly nint _planes;
    private readonly nint _perChunk;

    /// <param name="planes">How many, at most 2^31 - 1.</param>
    /// <param name="elements">Elements of the larger of a plane and its result.</param>
    public PlaneChunks(long planes, nint elements)
    {
        _planes = (nint)planes;
        _perChunk = nint.Max(1, ChunkElements / nint.Max(1, elements));
    }

    public int Count => (int)((_planes + _perChunk - 1) / _perChunk);

    public (nint First, nint End) Of(int chunk) => (chunk * _perChunk, nint.Min(_planes, (chunk + 1) * _perChunk));
}
