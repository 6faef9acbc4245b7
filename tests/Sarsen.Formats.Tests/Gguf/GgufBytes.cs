using System.Text;
using Sarsen.Formats.Blocks;

namespace Sarsen.Formats.Tests.Gguf;

/// <summary>Bytes of GGUF files by hand, so that they may break the rules.</summary>
internal sealed class GgufBytes
{
    private readonly MemoryStream _stream = new();
    private readonly BinaryWriter _to;

    public GgufBytes(uint version = 3, ulong tensors = 0, ulong values = 0)
    {
        _to = new BinaryWriter(_stream);
        Put("GGUF"u8).Put(version).Put(tensors).Put(values);
    }

    public GgufBytes Put(ReadOnlySpan<byte> bytes)
    {
        _to.Write(bytes);
        return this;
    }

    public GgufBytes Put(uint number)
    {
        _to.Write(number);
        return this;
    }

    public GgufBytes Put(ulong number)
    {
        _to.Write(number);
        return this;
    }

    public GgufBytes Text(string text) => Put((ulong)Encoding.UTF8.GetByteCount(text)).Put(Encoding.UTF8.GetBytes(text));

    public GgufBytes Key(string key, GgufValueType type) => Text(key).Put((uint)type);

    /// <param name="name">The tensor's.</param>
    /// <param name="type">Its type's number.</param>
    /// <param name="offset">In the data.</param>
    /// <param name="sizes">Innermost first, as files have them.</param>
    public GgufBytes Tensor(string name, uint type, ulong offset, params ulong[] sizes)
    {
        Text(name).Put((uint)sizes.Length);
        foreach (ulong size in sizes)
            Put(size);
        return Put(type).Put(offset);
    }

    public GgufBytes Tensor(string name, string type, ulong offset, params ulong[] sizes) => Tensor(name, BlockTypes.Find(type).Id, offset, sizes);

    /// <summary>The data: padding, then so many bytes.</summary>
    public byte[] Data(int count, int alignment = 32)
    {
        Put(new byte[-_stream.Length & (alignment - 1)]).Put(new byte[count]);
        return ToArray();
    }

    public byte[] ToArray() => _stream.ToArray();
}
