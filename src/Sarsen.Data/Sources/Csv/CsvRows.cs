using Sarsen.Data.BadRows;
using Sarsen.Data.Sources.Values;
using Sarsen.Data.Tables;
using Sarsen.Formats;

namespace Sarsen.Data.Sources.Csv;

/// <summary>The rows of an opened <see cref="DelimitedSource"/>.</summary>
internal sealed class CsvRows : IRowSource
{
    private const long MaxSampleBytes = 64 << 20;

    private readonly DelimitedSource _source;
    private readonly CsvFormat _format;
    private readonly IReadOnlyList<string> _files;
    private readonly string[] _names;
    private readonly BadRowLog _log;
    private readonly long _sampled;

    private CsvRows(DelimitedSource source, SourceContext context)
    {
        _source = source;
        _files = source.Files();
        _format = new CsvFormat(source);
        _names = CsvCursor.ReadNames(source, _format, _files[0]);
        _log = new BadRowLog(source.OnBadRow, context.QuarantinePath);
        foreach (string name in source.Types.Keys)
        {
            if (!_names.Contains(name, StringComparer.Ordinal))
                throw new DataException(AbsentColumn(name));
        }
        TypeInference[] inferred = Infer(out _sampled);
        Schema = new Schema([.. _names.Select((name, i) => new ColumnInfo(name, source.Types.TryGetValue(name, out ColumnType given) ? given : inferred[i].Result))]);
    }

    public Schema Schema { get; }

    public BadRowReport BadRows => _log.Report;

    public static CsvRows Open(DelimitedSource source, SourceContext context) => new(source, context);

    public IEnumerable<RowBlock> Read(CancellationToken stop)
    {
        using var reading = new CsvReading(this);
        while (reading.NextBlock(stop) is { } block)
            yield return block;
    }

    private CsvCursor Cursor() => new(_source, _format, _files) { Names = _names };

    private TypeInference[] Infer(out long rows)
    {
        var columns = new TypeInference[_names.Length];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = new TypeInference(_format.DecimalPoint);
        rows = 0;
        BadRow? firstBad = null;
        using CsvCursor cursor = Cursor();
        for (long bytes = 0; rows < _source.SampleRows && bytes < MaxSampleBytes && cursor.Next(out BadRow? bad);)
        {
            CsvReader record = cursor.Reader;
            bytes += record.Record.Length;
            firstBad ??= bad;
            if (bad is not null)
            {
                // Counted when the rows are read; here the policy matters only where it is to fail.
                if (_source.OnBadRow is OnBadRow.Fail)
                    throw new BadRowException(bad);
                continue;
            }
            rows++;
            for (int i = 0; i < columns.Length; i++)
            {
                ReadOnlySpan<byte> field = record[i];
                if (!_format.IsMissing(Ascii.Trim(field)))
                    columns[i].Add(field);
            }
        }
        if (rows > 0)
            return columns;
        throw new DataException(firstBad is not null ? $"none of the first rows could be read; the first: {firstBad}"
            : $"{_files[0]} has no rows{(_source.Header ? ": a header and nothing below it; if its first line is data, say header: false" : "")}");
    }

    private string AbsentColumn(string name)
    {
        string near = Suggestion.Nearest(name, _names) is { } word ? $"; did you mean '{word}'?" : $"; there are {string.Join(", ", _names.Take(50))}{(_names.Length > 50 ? ", …" : "")}";
        return $"types: {_files[0]} has no column '{name}'{near}";
    }

    private string Describe(int column, FieldFault fault, ReadOnlySpan<byte> field)
    {
        ColumnInfo info = Schema.Columns[column];
        string found = System.Text.Encoding.UTF8.GetString(field.Length <= 80 ? field : field[..80]);
        switch (fault)
        {
            case FieldFault.NotText:
                return $"bytes that are no characters ('{found}'); say the file's encoding, such as encoding: gb18030";
            case FieldFault.NotFinite:
                return $"'{found}' is no finite number; say non_finite: missing or keep to let it in";
            case FieldFault.OutOfRange:
                return $"'{found}' is beyond the range of {(info.Type is ColumnType.Integer ? "64-bit integers" : "numbers")}; types: {{{info.Name}: text}} keeps it as it is written";
        }
        string expected = info.Type switch
        {
            ColumnType.Number => "a number",
            ColumnType.Integer => "an integer",
            ColumnType.Boolean => "true or false",
            _ => "a time such as 2024-02-29T13:05:00Z",
        };
        string better = info.Type is ColumnType.Integer && NumberText.TryParse(Ascii.Trim(field), _format.DecimalPoint, out _) ? "number" : "text";
        string cure = _source.Types.ContainsKey(info.Name)
            ? $"the type was given; correct the value, or say {better}, or add the word to missing"
            : FormattableString.Invariant($"so were the first {_sampled} rows; give the type, types: {{{info.Name}: {better}}}, or add the word to missing");
        return $"expected {expected}, found '{found}'; {cure}";
    }

    /// <summary>One reading from the start.</summary>
    private sealed class CsvReading : IDisposable
    {
        private const int MaxRows = 4096;
        private const int MaxValues = 1 << 20;
        private const long MaxBytes = 8 << 20;

        private readonly CsvRows _rows;
        private readonly CsvCursor _cursor;
        private readonly CsvColumn[] _columns;
        private readonly int _capacity;
        private long _good, _bad;

        public CsvReading(CsvRows rows)
        {
            _rows = rows;
            _cursor = rows.Cursor();
            _capacity = Math.Clamp(MaxValues / rows._names.Length, 16, MaxRows);
            _columns = [.. rows.Schema.Columns.Select(c => CsvColumn.Of(rows._format, c, rows._source.Types.ContainsKey(c.Name), _capacity))];
        }

        public RowBlock? NextBlock(CancellationToken stop)
        {
            stop.ThrowIfCancellationRequested();
            int count = 0;
            for (long bytes = 0; count < _capacity && (bytes < MaxBytes || count == 0) && _cursor.Next(out BadRow? bad);)
            {
                bytes += _cursor.Reader.Record.Length;
                bad ??= Parse(count);
                if (bad is null)
                {
                    count++;
                    continue;
                }
                stop.ThrowIfCancellationRequested();
                _rows._log.AddBad(++_bad, bad);
            }
            if (count == 0)
            {
                _rows._log.End();
                return null;
            }
            var block = new RowBlock(_rows.Schema, [.. _columns.Select(c => c.Buffer.Take(count))], _good);
            _good += count;
            _rows._log.AddGood(_good);
            return block;
        }

        public void Dispose()
        {
            _cursor.Dispose();
            _rows._log.Flush();
        }

        private BadRow? Parse(int row)
        {
            CsvReader record = _cursor.Reader;
            CsvColumn[] columns = _columns;
            for (int i = 0; i < columns.Length; i++)
            {
                FieldFault fault = columns[i].Parse(row, record[i], record.IsQuoted(i));
                if (fault is not FieldFault.None)
                    return _cursor.Bad(record.StartOf(i), columns[i].Buffer.Info.Name, _rows.Describe(i, fault, record[i]));
            }
            return null;
        }
    }
}
