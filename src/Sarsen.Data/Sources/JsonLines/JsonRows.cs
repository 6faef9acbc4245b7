using System.Text;
using System.Text.Json;
using Sarsen.Data.BadRows;
using Sarsen.Data.Sources.Values;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Sources.JsonLines;

/// <summary>The rows of an opened <see cref="JsonLinesSource"/>.</summary>
internal sealed class JsonRows : IRowSource
{
    private const long MaxSampleBytes = 64 << 20;

    private readonly JsonLinesSource _source;
    private readonly IReadOnlyList<string> _files;
    private readonly BadRowLog _log;
    private readonly long _sampled;

    public JsonRows(JsonLinesSource source, SourceContext context)
    {
        _source = source;
        _files = source.Files();
        _log = new BadRowLog(source.OnBadRow, context.QuarantinePath);
        Schema = new Schema(Infer(out _sampled));
    }

    public Schema Schema { get; }

    public BadRowReport BadRows => _log.Report;

    public IEnumerable<RowBlock> Read(CancellationToken stop)
    {
        using var reading = new JsonReading(this);
        while (reading.NextBlock(stop) is { } block)
            yield return block;
    }

    // Fields in the order of their first appearance, then those that only types names.
    private List<ColumnInfo> Infer(out long rows)
    {
        var names = new List<string>();
        var types = new Dictionary<string, JsonTypes>(StringComparer.Ordinal);
        BadRow? firstBad = null;
        rows = 0;
        using var lines = new JsonCursor(_files, _source.Encoding);
        for (long bytes = 0; rows < _source.SampleRows && bytes < MaxSampleBytes && lines.Next();)
        {
            bytes += lines.Reader.Text.Length;
            BadRow? bad = lines.Check();
            if (bad is null)
            {
                try
                {
                    AddRow(lines.Reader.Text, names, types);
                }
                catch (Exception e) when (e is JsonException or InvalidOperationException)
                {
                    bad = lines.Bad(e);
                }
            }
            if (bad is null)
                rows++;
            else if (_source.OnBadRow is OnBadRow.Fail)
                throw new BadRowException(bad);
            firstBad ??= bad;
        }
        if (rows == 0)
            throw new DataException(firstBad is null ? $"{_files[0]} has no rows: an object in each line was expected" : $"none of the first rows could be read; the first: {firstBad}");
        names.AddRange(_source.Types.Keys.Where(n => !types.ContainsKey(n)));
        return names.Count == 0
            ? throw new DataException($"{_files[0]}: the objects of the first {rows} lines have no fields")
            : [.. names.Select(n => _source.Types.TryGetValue(n, out ColumnType given) ? new ColumnInfo(n, given) : types[n].Of(n))];
    }

    private static void AddRow(ReadOnlySpan<byte> line, List<string> names, Dictionary<string, JsonTypes> types)
    {
        var check = new Utf8JsonReader(line);
        while (check.Read())
        {
            // A line that is broken further on must leave no trace.
        }
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (!types.TryGetValue(name, out JsonTypes? type))
            {
                types.Add(name, type = new JsonTypes());
                names.Add(name);
            }
            type.Add(ref reader);
        }
    }

    private string Describe(ColumnInfo info, bool given, FieldFault fault, ReadOnlySpan<byte> value)
    {
        string found = Encoding.UTF8.GetString(value.Length <= 80 ? value : value[..80]);
        if (fault is FieldFault.NotText)
            return $"{found} holds half of a surrogate pair, which is no character";
        if (fault is FieldFault.OutOfRange)
            return $"{found} is beyond the range of {(info.Type is ColumnType.Integer ? "64-bit integers" : info.Type is ColumnType.Array ? "32-bit floats" : "numbers")}; types: {{{info.Name}: text}} keeps it as it is written";
        string expected = info.Type switch
        {
            ColumnType.Number => "a number",
            ColumnType.Integer => "an integer",
            ColumnType.Boolean => "true or false",
            ColumnType.Array => $"numbers of shape {info.ElementShape}",
            _ => "a time such as \"2024-02-29T13:05:00Z\"",
        };
        string better = info.Type is ColumnType.Integer && NumberText.TryParse(value, (byte)'.', out _) ? "number" : "text";
        return $"expected {expected}, found {found}; " + (given
            ? $"the type was given; correct the value, or say {better}"
            : FormattableString.Invariant($"so were the first {_sampled} rows; give the type, types: {{{info.Name}: {better}}}"));
    }

    /// <summary>One reading from the start.</summary>
    private sealed class JsonReading : IDisposable
    {
        private const int MaxRows = 4096;
        private const int MaxValues = 1 << 20;
        private const long MaxBytes = 8 << 20;

        private readonly JsonRows _rows;
        private readonly JsonCursor _lines;
        private readonly JsonColumn[] _columns;
        private readonly byte[][] _names;
        private readonly long[] _lastRow;
        private readonly int _capacity;
        private long _good, _bad, _row;

        public JsonReading(JsonRows rows)
        {
            IReadOnlyList<ColumnInfo> columns = rows.Schema.Columns;
            long rowBytes = columns.Sum(c => c.Type is ColumnType.Array ? c.ElementShape.Count * c.ElementType.Size() : 8);
            _rows = rows;
            _lines = new JsonCursor(rows._files, rows._source.Encoding);
            _capacity = (int)Math.Clamp(8L * MaxValues / rowBytes, 1, MaxRows);
            _columns = [.. columns.Select(c => JsonColumn.Of(c, rows._source.Types.ContainsKey(c.Name), _capacity))];
            _names = [.. columns.Select(c => Encoding.UTF8.GetBytes(c.Name))];
            _lastRow = new long[_columns.Length];
        }

        public RowBlock? NextBlock(CancellationToken stop)
        {
            stop.ThrowIfCancellationRequested();
            int count = 0;
            for (long bytes = 0; count < _capacity && (bytes < MaxBytes || count == 0) && _lines.Next();)
            {
                bytes += _lines.Reader.Text.Length;
                if ((_lines.Check() ?? Parse(count)) is not { } bad)
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
            _lines.Dispose();
            _rows._log.Flush();
        }

        private BadRow? Parse(int row)
        {
            ReadOnlySpan<byte> line = _lines.Reader.Text;
            _row++;
            var reader = new Utf8JsonReader(line);
            try
            {
                reader.Read();
                int expected = 0;
                while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
                {
                    int column = Find(ref reader, expected);
                    if (column < 0)
                        return _lines.Bad((int)reader.TokenStartIndex, null, Unknown(reader.GetString()!));
                    JsonColumn target = _columns[column];
                    if (_lastRow[column] == _row)
                        return _lines.Bad((int)reader.TokenStartIndex, target.Info.Name, "the field stands twice in one object; keep one");
                    _lastRow[column] = _row;
                    expected = column + 1;
                    reader.Read();
                    int start = (int)reader.TokenStartIndex;
                    FieldFault fault = target.Parse(row, ref reader, line);
                    if (fault is not FieldFault.None)
                    {
                        if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                            reader.Skip();
                        return _lines.Bad(start, target.Info.Name, _rows.Describe(target.Info, target.Given, fault, line[start..(int)reader.BytesConsumed]));
                    }
                }
                reader.Read();
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                return _lines.Bad(e);
            }
            for (int i = 0; i < _columns.Length; i++)
            {
                if (_lastRow[i] != _row)
                    _columns[i].Buffer.SetMissing(row);
            }
            return null;
        }

        // Objects mostly have their fields in one order.
        private int Find(ref Utf8JsonReader reader, int expected)
        {
            if (expected < _names.Length && reader.ValueTextEquals(_names[expected]))
                return expected;
            return _rows.Schema.IndexOf(reader.GetString()!);
        }

        private string Unknown(string name) => FormattableString.Invariant(
            $"the field '{name}' is none of the first {_rows._sampled} rows; give its type, types: {{{name}: text}}, or raise sample_rows");
    }
}
