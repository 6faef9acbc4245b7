using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// Exact quantiles of columns, linear between neighbours: position (n - 1) q among the sorted values (Hyndman and Fan's
/// type 7, numpy's default). Values are held and sorted while they are few; else each rank is found by four passes that
/// count sixteen bits of the sort key at a time, in fixed memory.
/// </summary>
internal static class ColumnQuantiles
{
    /// <summary>Values held in all: 128 MiB.</summary>
    private const long MostHeld = 1 << 24;

    /// <summary>For each column its quantiles; missing values and NaN are passed over.</summary>
    /// <exception cref="DataException">A column has no value.</exception>
    public static double[][] Of(string word, TrainingRows rows, IReadOnlyList<ColumnInfo> columns, ReadOnlySpan<double> fractions, long mostHeld = MostHeld)
    {
        double[] wanted = fractions.ToArray();
        long[] counts = new long[columns.Count];
        List<double>[]? held = Hold(rows, columns, counts, mostHeld);
        for (int c = 0; c < counts.Length; c++)
        {
            if (counts[c] == 0)
                throw new DataException($"{word}: column '{columns[c].Name}' has no value in the training rows; drop it with 'drop_columns'");
        }
        Func<int, long, double> at = held is null ? Count(rows, columns, counts, wanted) : (column, rank) => held[column][(int)rank];
        return [.. Enumerable.Range(0, columns.Count).Select(c => Array.ConvertAll(wanted, q => Between(counts[c], q, rank => at(c, rank))))];
    }

    private static double Between(long count, double fraction, Func<long, double> at)
    {
        double position = (count - 1) * fraction;
        long below = (long)Math.Floor(position);
        double low = at(below), rest = position - below;
        return rest == 0 ? low : low + (at(below + 1) - low) * rest;
    }

    // The values of each column, sorted; null when they are too many, with the counts complete all the same.
    private static List<double>[]? Hold(TrainingRows rows, IReadOnlyList<ColumnInfo> columns, long[] counts, long mostHeld)
    {
        List<double>[]? held = [.. columns.Select(_ => new List<double>())];
        long total = 0;
        foreach ((int column, double value) in Values(rows, columns))
        {
            counts[column]++;
            if (++total > mostHeld)
                held = null;
            held?[column].Add(value);
        }
        foreach (List<double> values in held ?? [])
            values.Sort();
        return held;
    }

    private static Func<int, long, double> Count(TrainingRows rows, IReadOnlyList<ColumnInfo> columns, long[] counts, double[] fractions)
    {
        var searches = new Dictionary<(int Column, long Rank), RankSearch>();
        for (int c = 0; c < columns.Count; c++)
        {
            foreach (double q in fractions)
            {
                long below = (long)Math.Floor((counts[c] - 1) * q);
                searches.TryAdd((c, below), new RankSearch(below));
                searches.TryAdd((c, Math.Min(below + 1, counts[c] - 1)), new RankSearch(Math.Min(below + 1, counts[c] - 1)));
            }
        }
        RankSearch[][] byColumn = [.. Enumerable.Range(0, columns.Count).Select(c => searches.Where(s => s.Key.Column == c).Select(s => s.Value).ToArray())];
        for (int pass = 0; pass < RankSearch.Passes; pass++)
        {
            foreach ((int column, double value) in Values(rows, columns))
            {
                foreach (RankSearch search in byColumn[column])
                    search.Count(value);
            }
            foreach (RankSearch search in searches.Values)
                search.Narrow();
        }
        return (column, rank) => searches[(column, rank)].Value;
    }

    private static IEnumerable<(int Column, double Value)> Values(TrainingRows rows, IReadOnlyList<ColumnInfo> columns)
    {
        foreach (RowBlock block in rows.Read())
        {
            for (int c = 0; c < columns.Count; c++)
            {
                Column column = block[columns[c].Name];
                double[] values = ColumnValues.Numbers(column).ToArray();
                for (int row = 0; row < values.Length; row++)
                {
                    if (!ColumnValues.IsMissing(column, row))
                        yield return (c, values[row]);
                }
            }
        }
    }
}
