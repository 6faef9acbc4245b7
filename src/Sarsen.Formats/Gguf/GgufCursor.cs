using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sarsen.Formats;

/// <summary>
/// Reads the header of a GGUF file forward. What a length or count claims is compared with the bytes that are left before
/// memory is taken for it.
/// </summary>
internal sealed class GgufCursor : IDisposable
{
    private const int BufferBytes = 1 << 14;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    private readonly ModelBytes _file;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _at, _filled;
    private long _next;

    public GgufCursor(ModelBytes file) => _file = file;

    public string Path => _file.Path;

    /// <summary>From the beginning of the file.</summary>
    public long Position => _next - _filled + _at;

    public long Left => _file.Length - Position;

    /// <summary>A number, little-endian.</summary>
    public T Read<T>(string what) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        Need(size, 1, what);
        if (_filled - _at < size)
            Refill();
        T value = Unsafe.ReadUnaligned<T>(ref _buffer[_at]);
        _at += size;
        return value;
    }

    /// <summary>A count or length: 64 bits, at most what the bytes that are left can hold.</summary>
    /// <param name="leastBytes">Of one element.</param>
    /// <param name="what">For the message.</param>
    public long Count(int leastBytes, string what)
    {
        ulong count = Read<ulong>($"the number of {what}");
        if (count > (ulong)(Left / leastBytes))
            throw Fail($"{what}: {count} are announced, at most {Left / leastBytes} fit the {Left} bytes that are left: the file is cut off, or damaged");
        return (long)count;
    }

    /// <summary>A length, then UTF-8.</summary>
    public string Text(int longest, string what)
    {
        long length = Count(1, $"bytes of {what}");
        if (length > longest)
            throw Fail($"{what} has {length} bytes, at most {longest} are allowed");
        if (length == 0)
            return "";
        byte[]? rented = length > _buffer.Length ? ArrayPool<byte>.Shared.Rent((int)length) : null;
        try
        {
            ReadOnlySpan<byte> bytes = rented is null ? Buffered((int)length) : Copied(rented.AsSpan(0, (int)length));
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw Fail($"{what} is not UTF-8", e);
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Elements one after the other.</summary>
    public T[] Array<T>(long count, string what) where T : unmanaged
    {
        Need(count, Unsafe.SizeOf<T>(), what);
        if (count > System.Array.MaxLength)
            throw Fail($"{what} has {count} elements, at most {System.Array.MaxLength} are supported");
        var elements = new T[count];
        Copied(MemoryMarshal.AsBytes(elements.AsSpan()));
        return elements;
    }

    public ModelFormatException Fail(string message, Exception? inner = null) => new(_file.Path, Position, message, inner);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void Need(long count, int size, string what)
    {
        if (count > Left / size)
            throw Fail($"{what}: {count} × {size} bytes are expected, the file ends after {Left}: it is cut off, or damaged");
    }

    // At most as long as the buffer, and within the file.
    private ReadOnlySpan<byte> Buffered(int length)
    {
        if (_filled - _at < length)
            Refill();
        _at += length;
        return _buffer.AsSpan(_at - length, length);
    }

    private ReadOnlySpan<byte> Copied(Span<byte> into)
    {
        int held = Math.Min(into.Length, _filled - _at);
        _buffer.AsSpan(_at, held).CopyTo(into);
        _at += held;
        if (into.Length > held)
        {
            _file.ReadExactly(into[held..], _next);
            (_next, _at, _filled) = (_next + into.Length - held, 0, 0);
        }
        return into;
    }

    private void Refill()
    {
        int held = _filled - _at;
        _buffer.AsSpan(_at, held).CopyTo(_buffer);
        int more = (int)Math.Min(_buffer.Length - held, _file.Length - _next);
        _file.ReadExactly(_buffer.AsSpan(held, more), _next);
        (_next, _at, _filled) = (_next + more, 0, held + more);
    }
}
