using System.Text;
using Sarsen.Data.Encodings;

namespace Sarsen.Data.Sources;

/// <summary>The lines of one text file, however they end (CR LF, LF or CR), as UTF-8 bytes that may hold invalid ones.</summary>
internal sealed class LineReader(string path, TextEncoding encoding) : IDisposable
{
    /// <summary>The longest line that is given whole.</summary>
    public const int MaxLineBytes = 16 << 20;

    private readonly Stream _stream = TextFile.Open(path, encoding);
    private byte[] _buffer = new byte[256 << 10];
    private int _start, _length, _next, _end;
    private bool _ended;

    public string Path => path;

    /// <summary>The number of the line, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The line without its end, valid until the next.</summary>
    public ReadOnlySpan<byte> Text => _buffer.AsSpan(_start, _length);

    /// <summary>The line has more than <see cref="MaxLineBytes"/>; <see cref="Text"/> is its last part.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Goes to the next line; false at the end of the file.</summary>
    public bool Read()
    {
        IsTooLong = false;
        int searched = 0;
        while (true)
        {
            ReadOnlySpan<byte> held = _buffer.AsSpan(_next, _end - _next);
            int length = held[searched..].IndexOfAny((byte)'\n', (byte)'\r');
            length = length < 0 ? -1 : length + searched;
            bool needsMore = length < 0 || (held[length] == '\r' && length + 1 == held.Length);
            if (needsMore && !_ended)
            {
                searched = length < 0 ? held.Length : length;
                if (held.Length > MaxLineBytes)
                {
                    IsTooLong = true;
                    _next += searched;
                    searched = 0;
                }
                Fill();
                continue;
            }
            if (length < 0 && held.Length == 0 && !IsTooLong)
                return false;
            _start = _next;
            _length = length < 0 ? held.Length : length;
            _next += length < 0 ? held.Length : length + 1 < held.Length && held[length] == '\r' && held[length + 1] == '\n' ? length + 2 : length + 1;
            Line++;
            return true;
        }
    }

    /// <summary>The character, from 1, at which byte <paramref name="offset"/> of the line stands.</summary>
    public int ColumnOf(int offset) => Encoding.UTF8.GetCharCount(Text[..Math.Min(offset, _length)]) + 1;

    public void Dispose() => _stream.Dispose();

    private void Fill()
    {
        int held = _end - _next;
        byte[] target = held == _buffer.Length ? new byte[2 * held] : _buffer;
        _buffer.AsSpan(_next, held).CopyTo(target);
        _buffer = target;
        _next = 0;
        _end = held;
        int atLeast = Math.Min(_buffer.Length - held, 64 << 10);
        try
        {
            int read = _stream.ReadAtLeast(_buffer.AsSpan(held), atLeast, throwOnEndOfStream: false);
            _ended = read < atLeast;
            _end += read;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw TextFile.Unreadable(path, e);
        }
    }
}
