using System.Buffers.Binary;
using System.IO.Compression;

namespace Sarsen.Formats.Pictures.Png;

/// <summary>Writes pictures as PNG of 8 bits a channel: grey, RGB or RGBA, rows unfiltered, in one IDAT chunk.</summary>
public static class PngWriter
{
    /// <summary>Writes a file atomically (<see cref="AtomicFile"/>).</summary>
    /// <exception cref="IOException">The disk is full or refuses; the file that had this name is untouched.</exception>
    public static void Write(string path, Picture picture)
    {
        using AtomicFile file = AtomicFile.Create(path);
        Write(file.Stream, picture);
        file.Commit();
    }

    public static void Write(Stream stream, Picture picture)
    {
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], picture.Height);
        header[8] = 8;
        header[9] = (byte)(picture.Channels switch { 1 => PngColour.Grey, 3 => PngColour.Rgb, _ => PngColour.Rgba });
        header[10..].Clear();
        stream.Write(PngChunks.Signature);
        WriteChunk(stream, "IHDR"u8, header);
        WriteChunk(stream, "IDAT"u8, Pack(picture));
        WriteChunk(stream, "IEND"u8, []);
    }

    private static ReadOnlySpan<byte> Pack(Picture picture)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            int row = picture.Width * picture.Channels;
            for (int y = 0; y < picture.Height; y++)
            {
                zlib.WriteByte(0);
                zlib.Write(picture.Pixels, y * row, row);
            }
        }
        return packed.GetBuffer().AsSpan(0, (int)packed.Length);
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> contents)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, contents.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(contents);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Append(Crc32.Append(0, type), contents));
        stream.Write(number);
    }
}
