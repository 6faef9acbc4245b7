using System.Buffers.Binary;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>
/// IDX, the format of MNIST: two zero bytes, the element type, the number of dimensions, their sizes as big-endian 32-bit
/// numbers, then the elements, big-endian and row-major. Packed by gzip or not. Source: yann.lecun.com/exdb/mnist.
/// </summary>
public static class IdxFile
{
    /// <summary>Opens a file and reads its header; the reader closes it.</summary>
    /// <exception cref="ModelFormatException">It is no IDX file, or it is damaged or cut off.</exception>
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
        Span<byte> magic = stackalloc byte[4];
        stream.ReadExactly(magic, "the header of IDX");
        if (magic is not [0, 0, _, _])
            throw stream.Fail($"an IDX file begins with two zero bytes; these are {magic[0]:X2} {magic[1]:X2}");
        DType type = magic[2] switch
        {
            0x08 => DType.U8,
            0x09 => DType.I8,
            0x0B => DType.I16,
            0x0C => DType.I32,
            0x0D => DType.F32,
            0x0E => DType.F64,
            _ => throw stream.Fail($"the IDX element type 0x{magic[2]:X2} is unknown; 08, 09, 0B, 0C, 0D and 0E are expected"),
        };
        int rank = magic[3];
        if (rank is 0 or > Shape.MaxRank)
            throw stream.Fail($"the IDX array has {rank} dimensions, 1 to {Shape.MaxRank} are supported");
        Span<byte> bytes = stackalloc byte[rank * 4];
        stream.ReadExactly(bytes, "the sizes of IDX");
        Span<long> sizes = stackalloc long[rank];
        for (int i = 0; i < rank; i++)
            sizes[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(i * 4)..]);
        return ArrayLayout.Checked(stream, type, type.Size(), wide: false, bigEndian: true, columnMajor: false, sizes);
    }
}
