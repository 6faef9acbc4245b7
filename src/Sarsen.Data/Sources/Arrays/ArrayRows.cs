using Sarsen.Data.BadRows;
using Sarsen.Data.Sources.Values;
using Sarsen.Data.Tables;
using Sarsen.Formats;

namespace Sarsen.Data.Sources.Arrays;

/// <summary>The rows of an opened <see cref="ArrayFileSource"/>.</summary>
internal sealed class ArrayRows : IRowSource
{
    private const int MaxRows = 4096;
    private const long MaxBlockBytes = 8 << 20;

    private readonly IReadOnlyList<ArrayFile> _files;
    private readonly NonFinite _nonFinite;
    private readonly BadRowLog _log;
    private readonly int _capacity;
    private readonly long _rows;

    public ArrayRows(IReadOnlyList<ArrayFile> files, ArrayFileSource source, SourceContext context)
    {
        _files = files;
        _nonFinite = source.NonFinite;
        _log = new BadRowLog(source.OnBadRow, context.QuarantinePath);
        var columns = new List<ColumnInfo>();
        long rowBytes = 1;
        foreach (ArrayFile file in files)
        {
            using ArrayReader array = file.Open();
            columns.Add(file.Describe(array));
            if (columns.Count > 1 && array.Rows != _rows)
                throw new DataException($"{files[0].Path} has {_rows} rows, {file.Path} has {array.Rows}; each row of one needs its row of the other");
            _rows = array.Rows;
            rowBytes += array.RowBytes;
        }
        Schema = new Schema(columns);
        _capacity = (int)Math.Min(Math.Clamp(MaxBlockBytes / rowBytes, 1, MaxRows), _rows);
    }

    public Schema Schema { get; }

    public BadRowReport BadRows => _log.Report;

    public IEnumerable<RowBlock> Read(CancellationToken stop)
    {
        var feeds = new List<ArrayFeed>();
        long good = 0, bad = 0;
        try
        {
            for (int i = 0; i < _files.Count; i++)
                feeds.Add(new ArrayFeed(_files[i], Schema.Columns[i], _nonFinite, _capacity));
            for (long first = 0; first < _rows; first += _capacity)
            {
                stop.ThrowIfCancellationRequested();
                int loaded = (int)Math.Min(_capacity, _rows - first), count = 0;
                foreach (ArrayFeed feed in feeds)
                    feed.Load(loaded);
                for (int row = 0; row < loaded; row++)
                {
                    if (Set(feeds, count, row, first + row) is { } fault)
                        _log.AddBad(++bad, fault);
                    else
                        count++;
                }
                if (count == 0)
                    continue;
                yield return new RowBlock(Schema, [.. feeds.Select(f => f.Buffer.Take(count))], good);
                good += count;
                _log.AddGood(good);
            }
            _log.End();
        }
        finally
        {
            foreach (ArrayFeed feed in feeds)
                feed.Dispose();
            _log.Flush();
        }
    }

    private static BadRow? Set(List<ArrayFeed> feeds, int row, int loaded, long number)
    {
        foreach (ArrayFeed feed in feeds)
        {
            FieldFault fault = feed.Set(row, loaded);
            if (fault is FieldFault.None)
                continue;
            string reason = fault is FieldFault.NotFinite
                ? "has NaN or an infinity; say non_finite: missing or keep to let it in"
                : "has a number that the column's type cannot hold; save the array as float32 or, for labels, int64";
            return new BadRow(feed.Path, 0, 0, feed.Buffer.Info.Name, FormattableString.Invariant($"row {number}, from 0, {reason}"), "");
        }
        return null;
    }
}
