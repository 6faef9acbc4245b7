using System.Buffers.Binary;
using System.Text;

namespace Sarsen.Formats;

/// <summary>
/// numpy's npy files: <c>\x93NUMPY</c>, version, the header's length, a Python dictionary with <c>descr</c>,
/// <c>fortran_order</c> and <c>shape</c>, then the elements. Versions 1 to 3, both byte orders, C and Fortran order, packed
/// by gzip or not. Elements are bool, integers, floats of 16 to 64 bits, and texts of a fixed width; pickled objects are
/// refused, because reading them runs code. Source: numpy.lib.format.
/// </summary>
public static class NpyFile
{
    private const int MaxHeaderBytes = 1 << 16;

    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Opens a file and reads its header; the reader closes it.</summary>
    /// <exception cref="ModelFormatException">It is no npy file, of elements that are not read, or damaged or cut off.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static ArrayReader Open(string path) => Open(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16), path);

    /// <param name="stream">Seekable; the reader closes it, and so does a refusal.</param>
    /// <param name="name">What errors call it.</param>
    /// <inheritdoc cref="Open(string)"/>
    public static ArrayReader Open(Stream stream, string name)
    {
        try
        {
            UnpackedStream unpacked = UnpackedStream.Open(stream, name);
            return new ArrayReader(unpacked, ReadHeader(unpacked));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static ArrayLayout ReadHeader(UnpackedStream stream)
    {
        Span<byte> start = stackalloc byte[8];
        stream.ReadExactly(start, "the header of npy");
        if (!start.StartsWith(Magic))
            throw stream.Fail("a npy file begins with \\x93NUMPY: this is another format");
        int version = start[6];
        if (version is < 1 or > 3 || start[7] != 0)
            throw stream.Fail($"the npy version {start[6]}.{start[7]} is unknown; 1.0, 2.0 and 3.0 are expected");
        Span<byte> length = stackalloc byte[version == 1 ? 2 : 4];
        stream.ReadExactly(length, "the header of npy");
        uint bytes = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (bytes > MaxHeaderBytes)
            throw stream.Fail($"the npy header has {bytes} bytes, at most {MaxHeaderBytes} are allowed");
        var text = new byte[bytes];
        stream.ReadExactly(text, "the header of npy");
        return NpyHeader.Parse(stream, (version < 3 ? Encoding.Latin1 : Encoding.UTF8).GetString(text));
    }
}
