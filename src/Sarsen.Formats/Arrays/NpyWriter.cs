using System.Buffers.Binary;
using System.Text;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>Writes npy files of version 1.0, little-endian, in C order; the header is padded to a multiple of 64 bytes, as numpy's.</summary>
public static class NpyWriter
{
    private const int Alignment = 64, WriteBytes = 1 << 30;

    /// <summary>Writes a file atomically (<see cref="AtomicFile"/>).</summary>
    /// <param name="path">Where; an older file is replaced.</param>
    /// <param name="tensor">Any strides.</param>
    /// <exception cref="NotSupportedException">numpy has no BF16.</exception>
    /// <exception cref="IOException">The disk is full or refuses; the file that had this name is untouched.</exception>
    public static void Write(string path, Tensor tensor)
    {
        using AtomicFile file = AtomicFile.Create(path);
        Write(file.Stream, tensor);
        file.Commit();
    }

    /// <summary>Writes the bytes of a file.</summary>
    /// <exception cref="NotSupportedException">numpy has no BF16.</exception>
    public static void Write(Stream stream, Tensor tensor)
    {
        stream.Write(Header(tensor.DType, tensor.Shape));
        if (!tensor.IsContiguous)
            tensor = tensor.ToGc();
        long bytes = tensor.Count * tensor.DType.Size();
        for (long at = 0; at < bytes; at += WriteBytes)
            stream.Write(tensor.BytesAt(at, (int)Math.Min(WriteBytes, bytes - at)));
    }

    private static byte[] Header(DType type, in Shape shape)
    {
        // A tuple of one has a comma.
        string sizes = shape.Rank == 1 ? $"({shape[0]},)" : shape.ToString();
        string text = $"{{'descr': '{Descr(type)}', 'fortran_order': False, 'shape': {sizes}, }}";
        int begin = NpyFile.Magic.Length + 4;
        int length = (begin + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var header = new byte[length];
        header.AsSpan().Fill((byte)' ');
        NpyFile.Magic.CopyTo(header);
        (header[6], header[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(length - begin));
        Encoding.ASCII.GetBytes(text, header.AsSpan(begin));
        header[^1] = (byte)'\n';
        return header;
    }

    private static string Descr(DType type) => type switch
    {
        DType.Bool => "|b1",
        DType.I8 => "|i1",
        DType.U8 => "|u1",
        DType.I16 => "<i2",
        DType.I32 => "<i4",
        DType.I64 => "<i8",
        DType.U16 => "<u2",
        DType.U32 => "<u4",
        DType.U64 => "<u8",
        DType.F16 => "<f2",
        DType.F32 => "<f4",
        DType.F64 => "<f8",
        _ => throw new NotSupportedException($"numpy has no {type}: cast the tensor to F32 first"),
    };
}
