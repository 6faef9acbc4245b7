using System.Buffers.Binary;
using System.Text;
using Sarsen.Formats;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// The fields of a protobuf message, one after the other: a key (number and wire type) and a value. Messages within are
/// read by a reader of their own, so the depth is that of the code that reads. Source: the Protocol Buffers encoding guide.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes, string file, long begin)
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at, _wire;
    private ulong _number;
    private ReadOnlySpan<byte> _value;

    public int Field { get; private set; }

    /// <summary>Where the reader is in the file.</summary>
    public readonly long Offset => begin + _at;

    /// <summary>Goes to the next field; false at the end.</summary>
    /// <exception cref="ModelFormatException">The message is damaged.</exception>
    public bool Next()
    {
        if (_at == _bytes.Length)
            return false;
        ulong key = ReadVarint();
        (Field, _wire) = ((int)Math.Min(key >> 3, int.MaxValue), (int)(key & 7));
        switch (_wire)
        {
            case Varint:
                _number = ReadVarint();
                break;
            case Fixed64:
                _value = Take(sizeof(ulong));
                break;
            case Fixed32:
                _value = Take(sizeof(uint));
                break;
            case Delimited:
                _value = Take(ReadVarint());
                break;
            default:
                throw Fail($"the field {Field} has the wire type {_wire}, which is not known");
        }
        return true;
    }

    public readonly int Integer() => _wire == Varint ? (int)_number : throw Fail($"the field {Field} must be a number");

    public readonly float Float() => _wire == Fixed32 ? BinaryPrimitives.ReadSingleLittleEndian(_value) : throw Fail($"the field {Field} must be a float");

    public readonly ReadOnlySpan<byte> Bytes() => _wire == Delimited ? _value : throw Fail($"the field {Field} must be bytes");

    public readonly string Text() => Encoding.UTF8.GetString(Bytes());

    public readonly ProtobufReader Message() => new(Bytes(), file, begin + _at - _value.Length);

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_at == _bytes.Length)
                throw Fail("the message ends within a number");
            byte part = _bytes[_at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
        throw Fail("a number has more than ten bytes");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_bytes.Length - _at))
            throw Fail($"the field {Field} has {length} bytes, {_bytes.Length - _at} follow: the file is cut off or damaged");
        ReadOnlySpan<byte> taken = _bytes.Slice(_at, (int)length);
        _at += taken.Length;
        return taken;
    }

    private readonly ModelFormatException Fail(string message) => new(file, Offset, message);
}
