namespace Sarsen.Formats;

/// <summary>One file of a GGUF model, its header read: the only one, or one of several (<see cref="GgufSplit"/>).</summary>
internal sealed class GgufPart : IDisposable
{
    private GgufPart(ModelBytes bytes)
    {
        Bytes = bytes;
        (Version, Alignment, Metadata, Tensors) = GgufHeader.Read(bytes);
    }

    public ModelBytes Bytes { get; }

    public string Path => Bytes.Path;

    public uint Version { get; }

    public long Alignment { get; }

    public GgufMetadata Metadata { get; }

    /// <summary>By name, in the order of their bytes.</summary>
    public Dictionary<string, GgufTensor> Tensors { get; }

    /// <exception cref="ModelFormatException">The header breaks a rule of the format, or the data is cut off.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static GgufPart Open(string path)
    {
        ModelBytes bytes = ModelBytes.Open(path);
        try
        {
            return new GgufPart(bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public void Dispose() => Bytes.Dispose();
}
