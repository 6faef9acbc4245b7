using System.Text;
using Sarsen.Data.BadRows;

namespace Sarsen.Data.Sources.Csv;

/// <summary>Goes through the records of a source's files, one after the other, and checks their form.</summary>
internal sealed class CsvCursor(DelimitedSource source, CsvFormat format, IReadOnlyList<string> files) : IDisposable
{
    private CsvReader? _reader;
    private int _nextFile;

    /// <summary>The names of the columns; those of the first file's header once it was read.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>The record; null before the first and after the last.</summary>
    public CsvReader Reader => _reader!;

    /// <summary>Goes to the next record; false after the last one of the last file.</summary>
    /// <param name="bad">The record as a bad row, where it has not the form of one.</param>
    /// <exception cref="DataException">A file cannot be read, or its header is not that of the first.</exception>
    public bool Next(out BadRow? bad)
    {
        bad = null;
        while (true)
        {
            if (_reader is null)
            {
                if (_nextFile == files.Count)
                    return false;
                _reader = Begin(files[_nextFile++]);
            }
            if (_reader.Read())
                break;
            _reader.Dispose();
            _reader = null;
        }
        if (_reader.Fault is { } fault)
            bad = Bad(_reader.FaultAt, null, fault);
        else if (Names is not null && _reader.FieldCount != Names.Count)
            bad = Bad(0, null, WrongCount(Names.Count));
        return true;
    }

    /// <summary>The current record as a bad row.</summary>
    /// <param name="at">Where the fault is, within the record.</param>
    /// <param name="field">The column's name.</param>
    /// <param name="reason">Cause and cure.</param>
    public BadRow Bad(int at, string? field, string reason)
    {
        (long line, int column) = _reader!.Locate(at);
        return new BadRow(_reader.Path, line, column, field, reason, _reader.RawText());
    }

    /// <summary>The names of the columns: of the header, as given, or by position.</summary>
    /// <exception cref="DataException">There is no first record, it is a bad one, or the names are not right.</exception>
    public static string[] ReadNames(DelimitedSource source, CsvFormat format, string file)
    {
        using var reader = new CsvReader(format, file, source.Encoding);
        ReadFirst(source, reader);
        if (source.ColumnNames is { } given)
        {
            return given.Count == reader.FieldCount ? [.. given] : throw new DataException(
                $"{file}:{reader.Line}: {reader.FieldCount} fields, but column_names has {given.Count} names; name every column, and see that separator '{source.Separator}' is right");
        }
        string[] names = new string[reader.FieldCount];
        for (int i = 0; i < names.Length; i++)
            names[i] = source.Header ? HeaderName(reader, i) : FormattableString.Invariant($"column_{i + 1}");
        for (int i = 0; i < names.Length; i++)
        {
            int first = Array.IndexOf(names, names[i]);
            if (first < i)
                throw new DataException($"{file}:{reader.Line}: columns {first + 1} and {i + 1} are both named '{names[i]}'; rename one, or give column_names");
        }
        return names;
    }

    public void Dispose() => _reader?.Dispose();

    private CsvReader Begin(string file)
    {
        var reader = new CsvReader(format, file, source.Encoding);
        try
        {
            if (!source.Header)
            {
                SkipLines(source, reader);
                return reader;
            }
            ReadFirst(source, reader);
            if (Names is not null && source.ColumnNames is null)
                CompareHeader(reader);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private void CompareHeader(CsvReader reader)
    {
        for (int i = 0; i < Math.Max(Names!.Count, reader.FieldCount); i++)
        {
            string? expected = i < Names.Count ? Names[i] : null, found = i < reader.FieldCount ? HeaderName(reader, i) : null;
            if (expected != found)
            {
                throw new DataException($"{reader.Path}:{reader.Line}: column {i + 1} of the header is {(found is null ? "missing" : $"'{found}'")}, "
                    + $"in {files[0]} it is {(expected is null ? "not there" : $"'{expected}'")}; files of one source need the same header");
            }
        }
    }

    private static void SkipLines(DelimitedSource source, CsvReader reader)
    {
        for (int i = 0; i < source.SkipLines; i++)
        {
            if (!reader.SkipLine())
                throw new DataException($"{reader.Path} ends within the {source.SkipLines} lines of skip_lines");
        }
    }

    private static void ReadFirst(DelimitedSource source, CsvReader reader)
    {
        SkipLines(source, reader);
        if (!reader.Read())
            throw new DataException($"{reader.Path} has no rows: {(source.Header ? "a line with the names of the columns" : "a line with values")} was expected, and there are blank lines and comments alone");
        if (reader.Fault is { } fault)
        {
            (long line, int column) = reader.Locate(reader.FaultAt);
            throw new DataException($"{reader.Path}:{line}:{column}: the first row has {fault}");
        }
    }

    private static string HeaderName(CsvReader reader, int i)
    {
        ReadOnlySpan<byte> bytes = Values.Ascii.Trim(reader[i]);
        if (bytes.Length == 0)
            return FormattableString.Invariant($"column_{i + 1}");
        return System.Text.Unicode.Utf8.IsValid(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : throw new DataException($"{reader.Path}:{reader.Line}: the name of column {i + 1} has bytes that are no characters; say the file's encoding, such as encoding: gb18030");
    }

    private string WrongCount(int expected)
    {
        int found = _reader!.FieldCount;
        string cure = found == expected + 1 && source.Header && source.ColumnNames is null
            ? "a header without a name for the first column needs column_names"
            : "fields that hold the separator need quotes";
        return $"expected {expected} fields, found {found}; {cure}";
    }
}
