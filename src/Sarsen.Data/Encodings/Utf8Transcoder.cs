using System.Text;

namespace Sarsen.Data.Encodings;

/// <summary>
/// Reads text of another encoding as UTF-8. Bytes that are no character there become the byte 0xFF, which is none in
/// UTF-8 either: whoever reads the text finds every invalid place, of whatever encoding, by the same check and with
/// the line at hand.
/// </summary>
internal sealed class Utf8Transcoder : ForwardStream
{
    /// <summary>Stands for the invalid until the second step: a noncharacter, which no text may hold.</summary>
    private const char Invalid = '\uFFFF';

    private readonly Stream _inner;
    private readonly Decoder _decoder;
    private readonly byte[] _bytes = new byte[32 << 10];
    private readonly char[] _chars;
    private readonly byte[] _utf8;
    private int _start, _end;
    private char _highSurrogate;
    private bool _ended;

    /// <param name="inner">Owned: closed with this stream.</param>
    /// <param name="encoding">UTF-16 or GB18030.</param>
    public Utf8Transcoder(Stream inner, TextEncoding encoding)
    {
        var invalid = new DecoderReplacementFallback(Invalid.ToString());
        Encoding source = encoding switch
        {
            TextEncoding.Utf16LittleEndian => Encoding.GetEncoding("utf-16", EncoderFallback.ExceptionFallback, invalid),
            TextEncoding.Utf16BigEndian => Encoding.GetEncoding("utf-16BE", EncoderFallback.ExceptionFallback, invalid),
            _ => CodePagesEncodingProvider.Instance.GetEncoding("gb18030", EncoderFallback.ExceptionFallback, invalid)!,
        };
        _inner = inner;
        _decoder = source.GetDecoder();
        _chars = new char[source.GetMaxCharCount(_bytes.Length)];
        _utf8 = new byte[3 * (_chars.Length + 1)];
    }

    public override int Read(Span<byte> buffer)
    {
        while (_start == _end && !_ended)
            Fill();
        int count = Math.Min(buffer.Length, _end - _start);
        _utf8.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private void Fill()
    {
        int read = _inner.Read(_bytes);
        _ended = read == 0;
        int chars = _decoder.GetChars(_bytes.AsSpan(0, read), _chars, flush: _ended);
        (_start, _end) = (0, 0);
        ReadOnlySpan<char> rest = _chars.AsSpan(0, chars);
        // GB18030's decoder may give a pair in two calls.
        if (_highSurrogate != 0 && (rest.Length > 0 || _ended))
        {
            Put(rest.Length > 0 ? [_highSurrogate, rest[0]] : [_highSurrogate]);
            rest = rest.Length > 0 ? rest[1..] : rest;
            _highSurrogate = '\0';
        }
        if (rest.Length > 0 && char.IsHighSurrogate(rest[^1]))
        {
            _highSurrogate = rest[^1];
            rest = rest[..^1];
        }
        while (rest.Length > 0)
        {
            int good = rest.IndexOf(Invalid);
            Put(good < 0 ? rest : rest[..good]);
            if (good < 0)
                break;
            _utf8[_end++] = 0xFF;
            rest = rest[(good + 1)..];
        }
    }

    private void Put(ReadOnlySpan<char> chars) => _end += Encoding.UTF8.GetBytes(chars, _utf8.AsSpan(_end));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }
}
