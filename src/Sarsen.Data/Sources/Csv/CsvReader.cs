using System.Buffers;
using Sarsen.Data.Encodings;

namespace Sarsen.Data.Sources.Csv;

/// <summary>
/// Records and fields of one file, as RFC 4180 has them: fields are separated by one character, records by a line
/// end (CR LF, LF or CR); a field in quotes may hold separators, line ends, and a quote written twice. Blank lines and
/// comment lines are passed over. What breaks these rules is one bad record of one line, and reading goes on with the
/// next line.
/// </summary>
internal sealed class CsvReader : IDisposable
{
    /// <summary>The longest record; a longer one is a quote that is not closed, or no table.</summary>
    public const int MaxRecordBytes = 16 << 20;

    private const int MaxRawBytes = 64 << 10;

    private readonly CsvFormat _format;
    private readonly string _path;
    private readonly Stream _stream;
    private readonly SearchValues<byte> _special;
    private byte[] _buffer = new byte[256 << 10];
    private byte[] _scratch = new byte[256];
    private Field[] _fields = new Field[64];
    private int _recordStart, _recordEnd, _next, _end;
    private bool _ended, _midLine;
    private long _nextLine = 1;

    public CsvReader(CsvFormat format, string path, TextEncoding encoding)
    {
        _format = format;
        _path = path;
        byte[] special = [format.Separator, (byte)'\n', (byte)'\r'];
        _special = SearchValues.Create(format.Quote < 0 ? special : [.. special, (byte)format.Quote]);
        _stream = TextFile.Open(path, encoding);
    }

    private readonly record struct Field(int Start, int Length, bool Quoted, bool Escaped);

    /// <summary>What broke the rules, and where in the buffer.</summary>
    private readonly record struct Break(string Reason, int At);

    public string Path => _path;

    public int FieldCount { get; private set; }

    /// <summary>The line on which the record begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The record's bytes, without its line end.</summary>
    public ReadOnlySpan<byte> Record => _buffer.AsSpan(_recordStart, _recordEnd - _recordStart);

    /// <summary>Why the record is bad; null: it is not.</summary>
    public string? Fault { get; private set; }

    /// <summary>Where the fault is, within the record.</summary>
    public int FaultAt { get; private set; }

    /// <summary>The bytes of a field, without its quotes; valid until the next field or record.</summary>
    public ReadOnlySpan<byte> this[int field]
    {
        get
        {
            ref readonly Field f = ref _fields[field];
            ReadOnlySpan<byte> text = _buffer.AsSpan(f.Start, f.Length);
            return f.Escaped ? Unescape(text) : text;
        }
    }

    public bool IsQuoted(int field) => _fields[field].Quoted;

    /// <summary>Where a field begins, within the record.</summary>
    public int StartOf(int field) => _fields[field].Start - _recordStart - (_fields[field].Quoted ? 1 : 0);

    /// <summary>Passes over one line, whatever it holds; false at the end of the file.</summary>
    public bool SkipLine()
    {
        while (true)
        {
            if (EndOfLine(_next, out int after) >= 0)
            {
                _next = after;
                _nextLine++;
                return true;
            }
            if (_ended && _next == _end)
                return false;
            if (!_ended && _end - _next >= MaxRecordBytes)
                _next = _end - 1;
            if (_ended)
                _next = _end;
            else
                Fill();
        }
    }

    /// <summary>Goes to the next record, good or bad (<see cref="Fault"/>); false at the end of the file.</summary>
    public bool Read()
    {
        Fault = null;
        if (_midLine)
            SkipLine();
        _midLine = false;
        while (true)
        {
            if (_next == _end)
            {
                if (_ended)
                    return false;
                Fill();
                continue;
            }
            if (_buffer[_next] is (byte)'\n' or (byte)'\r' || IsComment())
            {
                if (!SkipLine())
                    return false;
                continue;
            }
            Line = _nextLine;
            _recordStart = _next;
            int after = Scan(out bool multiline, out Break? broken);
            if (after < 0 && broken is null)
            {
                if (_end - _next < MaxRecordBytes)
                {
                    Fill();
                    continue;
                }
                broken = new Break($"the row has more than {MaxRecordBytes >> 20} MiB; is a quote that opens here never closed?", _next);
            }
            if (broken is { } fault)
            {
                EndBroken(fault);
                return true;
            }
            _nextLine += multiline ? Lines(_buffer.AsSpan(_next, _recordEnd - _next)) + 1 : 1;
            _next = after;
            return true;
        }
    }

    /// <summary>The line and the character, from 1, of a place within the record.</summary>
    public (long Line, int Column) Locate(int offset)
    {
        ReadOnlySpan<byte> before = _buffer.AsSpan(_recordStart, offset);
        int lineStart = before.LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
        return (Line + Lines(before), System.Text.Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    /// <summary>The record as text, for reports.</summary>
    public string RawText() => System.Text.Encoding.UTF8.GetString(Record.Length <= MaxRawBytes ? Record : Record[..MaxRawBytes]);

    public void Dispose() => _stream.Dispose();

    // Fills in the fields. Returns where the next record begins, or -1 where the buffer ends before this one does.
    private int Scan(out bool multiline, out Break? broken)
    {
        ReadOnlySpan<byte> buffer = _buffer.AsSpan(0, _end);
        int p = _next, count = 0;
        multiline = false;
        broken = null;
        while (true)
        {
            if (count == _fields.Length)
                Array.Resize(ref _fields, 2 * count);
            int stop;
            if (p < buffer.Length && buffer[p] == _format.Quote)
            {
                stop = ScanQuoted(buffer, p, out bool escaped, out broken);
                if (stop < 0)
                    return -1;
                _fields[count++] = new Field(p + 1, stop - p - 2, true, escaped);
                multiline = true;
            }
            else
            {
                int length = buffer[p..].IndexOfAny(_special);
                if (length < 0 && !_ended)
                    return -1;
                stop = length < 0 ? buffer.Length : p + length;
                if (stop < buffer.Length && buffer[stop] == _format.Quote)
                {
                    broken = new Break("a quote within a field that does not begin with one; put the field in quotes and write the quote twice, or say quote: \"\" if quotes mean nothing here", stop);
                    return -1;
                }
                _fields[count++] = new Field(p, stop - p, false, false);
            }
            if (stop < buffer.Length && buffer[stop] == _format.Separator)
            {
                p = stop + 1;
                // A file may end just behind a separator.
                if (p == buffer.Length && !_ended)
                    return -1;
                continue;
            }
            FieldCount = count;
            _recordEnd = stop;
            if (stop == buffer.Length)
                return stop;
            if (buffer[stop] != '\r')
                return stop + 1;
            if (stop + 1 == buffer.Length)
                return _ended ? stop + 1 : -1;
            return buffer[stop + 1] == '\n' ? stop + 2 : stop + 1;
        }
    }

    // Returns the place behind the closing quote, or -1 where the buffer ends before or the rules are broken.
    private int ScanQuoted(ReadOnlySpan<byte> buffer, int open, out bool escaped, out Break? broken)
    {
        escaped = false;
        broken = null;
        int p = open + 1;
        while (true)
        {
            int length = buffer[p..].IndexOf((byte)_format.Quote);
            if (length < 0)
            {
                if (_ended)
                    broken = new Break("a quote that opens here is never closed; close it, or say quote: \"\" if quotes mean nothing here", open);
                return -1;
            }
            p += length + 1;
            if (p == buffer.Length)
                return _ended ? p : -1;
            if (buffer[p] == _format.Quote)
            {
                escaped = true;
                p++;
                continue;
            }
            if (buffer[p] == _format.Separator || buffer[p] is (byte)'\n' or (byte)'\r')
                return p;
            broken = new Break("text behind the closing quote of a field; a quote within a field is written twice", p);
            return -1;
        }
    }

    // The bad record is the first line alone, so that a quote left open costs no rows but its own.
    private void EndBroken(Break broken)
    {
        int stop = EndOfLine(_next, out int after);
        // A line that is longer than the buffer: its rest is passed over at the next reading, since this part is reported.
        _midLine = stop < 0 && !_ended;
        _recordEnd = stop < 0 ? _end : stop;
        _next = stop < 0 ? _end : after;
        _nextLine = _midLine ? Line : Line + 1;
        FieldCount = 0;
        Fault = broken.Reason;
        FaultAt = broken.At - _recordStart;
        if (broken.At > _recordEnd)
        {
            Fault = $"a quote opens here and runs on to a later line, where there is {broken.Reason}";
            FaultAt = Math.Max(0, Record.LastIndexOf((byte)_format.Quote));
        }
    }

    private bool IsComment()
    {
        if (_format.Comment.Length == 0)
            return false;
        while (_end - _next < _format.Comment.Length && !_ended)
            Fill();
        return _buffer.AsSpan(_next, _end - _next).StartsWith(_format.Comment);
    }

    // Where the line ends and the next begins; -1 where the buffer ends before.
    private int EndOfLine(int from, out int after)
    {
        int length = _buffer.AsSpan(from, _end - from).IndexOfAny((byte)'\n', (byte)'\r');
        after = from + length + 1;
        if (length < 0 || (_buffer[from + length] == '\r' && after == _end && !_ended))
            return -1;
        if (_buffer[from + length] == '\r' && after < _end && _buffer[after] == '\n')
            after++;
        return from + length;
    }

    private void Fill()
    {
        int held = _end - _next;
        if (held == _buffer.Length)
        {
            byte[] larger = new byte[2 * _buffer.Length];
            _buffer.AsSpan(_next, held).CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            _buffer.AsSpan(_next, held).CopyTo(_buffer);
        }
        _next = 0;
        _end = held;
        int wanted = _buffer.Length - held;
        int read;
        try
        {
            read = _stream.ReadAtLeast(_buffer.AsSpan(held), Math.Min(wanted, 64 << 10), throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw TextFile.Unreadable(_path, e);
        }
        _ended = read < Math.Min(wanted, 64 << 10);
        _end += read;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (_scratch.Length < text.Length)
            _scratch = new byte[Math.Max(text.Length, 2 * _scratch.Length)];
        int length = 0;
        while (true)
        {
            int quote = text.IndexOf((byte)_format.Quote);
            int keep = quote < 0 ? text.Length : quote + 1;
            text[..keep].CopyTo(_scratch.AsSpan(length));
            length += keep;
            if (quote < 0)
                return _scratch.AsSpan(0, length);
            text = text[(quote + 2)..];
        }
    }

    private static int Lines(ReadOnlySpan<byte> text)
    {
        int lines = text.Count((byte)'\n');
        int at = text.IndexOf((byte)'\r');
        for (; at >= 0 && at < text.Length; at++)
            lines += text[at] == '\r' && (at + 1 == text.Length || text[at + 1] != '\n') ? 1 : 0;
        return lines;
    }
}
