using System.Globalization;
using System.Runtime.InteropServices;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Statistics;

/// <summary>Gathers the statistics of one column, block by block, in bounded memory.</summary>
internal abstract class ColumnAccumulator(ColumnInfo info)
{
    protected const int MostValues = 10;

    private long _count, _missing;

    protected ColumnInfo Info { get; } = info;

    protected DistinctCounter Distinct { get; } = new();

    public static ColumnAccumulator Of(ColumnInfo info) => info.Type switch
    {
        ColumnType.Number => new NumberAccumulator(info),
        ColumnType.Integer => new IntegerAccumulator(info),
        ColumnType.Boolean => new BooleanAccumulator(info),
        ColumnType.Time => new TimeAccumulator(info),
        ColumnType.Array => new ArrayAccumulator(info),
        _ => new TextAccumulator(info),
    };

    public void Add(Column column)
    {
        for (int row = 0; row < column.Count; row++)
        {
            if (column.IsMissing(row))
            {
                _missing++;
                continue;
            }
            _count++;
            Add(column, row);
        }
    }

    public ColumnStatistics Result() => Complete(new ColumnStatistics(Info.Name, Info.Type, _count, _missing)
    {
        Distinct = Info.Type is ColumnType.Array ? null : new DistinctValues(Distinct.Count, Distinct.IsExact),
    });

    /// <summary>Adds a value that is not missing.</summary>
    protected abstract void Add(Column column, int row);

    protected abstract ColumnStatistics Complete(ColumnStatistics statistics);

    protected static MostFrequent Frequent<T>(FrequentValues<T> values, IComparer<T> order, Func<T, string> text) where T : notnull =>
        new([.. values.Top(MostValues, order).Select(v => new ValueCount(text(v.Value), v.Count))], values.Error);
}

internal sealed class NumberAccumulator(ColumnInfo info) : ColumnAccumulator(info)
{
    private readonly QuantileSample _quantiles = new();
    private RunningMoments _moments = new();
    private long _nonFinite;

    protected override void Add(Column column, int row)
    {
        double value = ((Column<double>)column).Values[row];
        Distinct.Add(Hash64.Of(value));
        if (!double.IsFinite(value))
        {
            _nonFinite++;
            return;
        }
        _moments.Add(value);
        _quantiles.Add(value);
    }

    protected override ColumnStatistics Complete(ColumnStatistics statistics) => statistics with { Numbers = Of(_moments, _quantiles, _nonFinite) };

    public static NumberStatistics Of(in RunningMoments moments, QuantileSample quantiles, long nonFinite) => moments.Count == 0
        ? new NumberStatistics(null, null, null, null, null, nonFinite)
        : new NumberStatistics(moments.Min, moments.Max, moments.Mean, moments.StandardDeviation, quantiles.Quartiles(), nonFinite);
}

internal sealed class IntegerAccumulator(ColumnInfo info) : ColumnAccumulator(info)
{
    private readonly QuantileSample _quantiles = new();
    private readonly FrequentValues<long> _values = new();
    private RunningMoments _moments = new();

    protected override void Add(Column column, int row)
    {
        long value = ((Column<long>)column).Values[row];
        Distinct.Add(Hash64.Of((ulong)value));
        _values.Add(value);
        _moments.Add(value);
        _quantiles.Add(value);
    }

    protected override ColumnStatistics Complete(ColumnStatistics statistics) => statistics with
    {
        Numbers = NumberAccumulator.Of(_moments, _quantiles, 0),
        Frequent = Frequent(_values, Comparer<long>.Default, v => v.ToString(CultureInfo.InvariantCulture)),
    };
}

internal sealed class BooleanAccumulator(ColumnInfo info) : ColumnAccumulator(info)
{
    private readonly FrequentValues<bool> _values = new();

    protected override void Add(Column column, int row)
    {
        bool value = ((Column<bool>)column).Values[row];
        Distinct.Add(value ? 1UL : 0);
        _values.Add(value);
    }

    protected override ColumnStatistics Complete(ColumnStatistics statistics) =>
        statistics with { Frequent = Frequent(_values, Comparer<bool>.Default, v => v ? "true" : "false") };
}

internal sealed class TimeAccumulator(ColumnInfo info) : ColumnAccumulator(info)
{
    private long _min = long.MaxValue, _max = long.MinValue;

    protected override void Add(Column column, int row)
    {
        long value = ((Column<long>)column).Values[row];
        Distinct.Add(Hash64.Of((ulong)value));
        _min = Math.Min(_min, value);
        _max = Math.Max(_max, value);
    }

    protected override ColumnStatistics Complete(ColumnStatistics statistics) => statistics.Count == 0 ? statistics : statistics with
    {
        Times = new TimeStatistics(DateTimeOffset.FromUnixTimeMilliseconds(_min), DateTimeOffset.FromUnixTimeMilliseconds(_max)),
    };
}

internal sealed class TextAccumulator(ColumnInfo info) : ColumnAccumulator(info)
{
    private const int LongestCounted = 128;

    private readonly FrequentValues<string> _values = new();
    private RunningMoments _lengths = new();

    protected override void Add(Column column, int row)
    {
        string value = ((Column<string>)column).Values[row];
        Distinct.Add(Hash64.Of(value));
        _lengths.Add(value.Length);
        if (value.Length <= LongestCounted)
            _values.Add(value);
    }

    protected override ColumnStatistics Complete(ColumnStatistics statistics) => statistics with
    {
        Texts = statistics.Count == 0 ? null : new TextStatistics((int)_lengths.Min, (int)_lengths.Max, _lengths.Mean),
        Frequent = Frequent(_values, StringComparer.Ordinal, v => v),
    };
}

internal sealed class ArrayAccumulator(ColumnInfo info) : ColumnAccumulator(info)
{
    private readonly long[] _histogram = new long[256];
    private RunningMoments _moments = new();
    private long _nonFinite;

    protected override void Add(Column column, int row)
    {
        byte[] all = ((ArrayColumn)column).Bytes;
        int size = all.Length / column.Count;
        ReadOnlySpan<byte> bytes = all.AsSpan(row * size, size);
        if (Info.ElementType is DType.U8)
        {
            foreach (byte element in bytes)
                _histogram[element]++;
            return;
        }
        foreach (float element in MemoryMarshal.Cast<byte, float>(bytes))
        {
            if (float.IsFinite(element))
                _moments.Add(element);
            else
                _nonFinite++;
        }
    }

    protected override ColumnStatistics Complete(ColumnStatistics statistics)
    {
        for (int value = 0; value < _histogram.Length; value++)
            _moments.Add(RunningMoments.Of(value, _histogram[value]));
        _histogram.AsSpan().Clear();
        bool any = _moments.Count > 0;
        return statistics with
        {
            Arrays = new ArrayStatistics([.. Info.ElementShape.AsSpan()], Info.ElementType, any ? _moments.Min : null, any ? _moments.Max : null,
                any ? _moments.Mean : null, _moments.StandardDeviation, _nonFinite),
        };
    }
}
