using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sarsen.Data.BadRows;
using Sarsen.Data.Encodings;

namespace Sarsen.Data.Sources.JsonLines;

/// <summary>Goes through the lines of a source's files that hold something.</summary>
internal sealed class JsonCursor(IReadOnlyList<string> files, TextEncoding encoding) : IDisposable
{
    private const int MaxRawBytes = 64 << 10;

    private LineReader? _reader;
    private int _nextFile;

    public LineReader Reader => _reader!;

    /// <summary>Goes to the next line; false after the last one of the last file.</summary>
    public bool Next()
    {
        while (true)
        {
            if (_reader is null)
            {
                if (_nextFile == files.Count)
                    return false;
                _reader = new LineReader(files[_nextFile++], encoding);
            }
            while (_reader.Read())
            {
                if (_reader.Text.ContainsAnyExcept((byte)' ', (byte)'\t') || _reader.IsTooLong)
                    return true;
            }
            _reader.Dispose();
            _reader = null;
        }
    }

    /// <summary>The line as a bad row where it cannot be an object.</summary>
    public BadRow? Check()
    {
        ReadOnlySpan<byte> line = Reader.Text;
        if (Reader.IsTooLong)
            return Bad(0, null, $"the line has more than {LineReader.MaxLineBytes >> 20} MiB");
        if (!Utf8.IsValid(line))
            return Bad(InvalidAt(line), null, "bytes that are no characters; say the file's encoding, such as encoding: gb18030");
        int first = line.IndexOfAnyExcept((byte)' ', (byte)'\t');
        if (line[first] == '{')
            return null;
        return Bad(first, null, line[first] == '['
            ? "expected an object, found an array; JSON Lines has one object in each line"
            : "expected an object: {\"name\": value, …}");
    }

    public BadRow Bad(int at, string? field, string reason)
    {
        ReadOnlySpan<byte> line = Reader.Text;
        return new BadRow(Reader.Path, Reader.Line, Reader.ColumnOf(at), field, reason, Encoding.UTF8.GetString(line.Length <= MaxRawBytes ? line : line[..MaxRawBytes]));
    }

    /// <summary>The line as a bad row that is no JSON.</summary>
    public BadRow Bad(Exception e)
    {
        // The exception's own words end with its place, which counts bytes.
        string cause = e.Message.Split(" LineNumber:")[0].TrimEnd('.', ' ');
        return Bad((int)((e as JsonException)?.BytePositionInLine ?? 0), null, $"this is no JSON: {cause}");
    }

    public void Dispose() => _reader?.Dispose();

    private static int InvalidAt(ReadOnlySpan<byte> line)
    {
        Utf8.ToUtf16(line, new char[line.Length], out int read, out _, replaceInvalidSequences: false);
        return read;
    }
}
