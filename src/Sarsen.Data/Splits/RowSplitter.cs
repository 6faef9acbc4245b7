using System.Runtime.InteropServices;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Splits;

/// <summary>
/// Deals the rows of a source to the parts, as a <see cref="SplitSpec"/> says and a seed decides. By fractions: row r
/// takes the place that a keyed permutation gives it. Stratified: the same within each class, the classes one after the
/// other. By group: whole groups, in an order the seed decides, each to the part that lacks most. By order: the oldest
/// train, then validation, the newest test; of equal ones the first rows are older. By column: as it says.
/// </summary>
/// <param name="spec">How.</param>
/// <param name="validates">Whether the source has a validation part, or that has a source of its own.</param>
/// <param name="tests">The same for the test.</param>
/// <param name="seed">The run's.</param>
/// <param name="stop">Cancels between blocks.</param>
internal sealed class RowSplitter(SplitSpec spec, bool validates, bool tests, ulong seed, CancellationToken stop)
{
    // Distinct groups, classes: what a dictionary of them may cost.
    private const int MostDistinct = 1 << 24;

    private readonly RngKey _key = new(seed, "split");

    private double Validation => validates ? spec.Validation : 0;

    private double Test => tests ? spec.Test : 0;

    /// <param name="rows">The source.</param>
    /// <param name="target">The column of the classes, for a stratified split.</param>
    /// <exception cref="DataException">A column is absent or says something else.</exception>
    public SplitAssignment Split(IRowSource rows, string? target)
    {
        if (spec.Column is { } column)
            return ByColumn(rows, column);
        if (Validation == 0 && Test == 0)
            return All(rows);
        if (spec.GroupBy is { } group)
            return ByGroup(rows, group);
        if (spec.OrderBy is { } order)
            return ByOrder(rows, order);
        return spec.Stratify
            ? Stratified(rows, target ?? throw new DataException("split: 'stratify' needs one target column, whose classes it keeps in proportion; name it, or take 'stratify' out"))
            : Shuffled(rows);
    }

    private PartShares Shares => new(spec.Train, Validation, Test);

    private SplitAssignment All(IRowSource rows)
    {
        var parts = new SplitAssignment();
        foreach (RowBlock block in rows.Read(stop))
        {
            for (int row = 0; row < block.Count; row++)
                parts.Add(Part.Training);
        }
        return parts;
    }

    private SplitAssignment Shuffled(IRowSource rows)
    {
        SplitAssignment parts = All(rows);
        var order = new KeyedPermutation(parts.Count, _key);
        PartShares shares = Shares;
        for (long row = 0; row < parts.Count; row++)
            parts.Set(row, shares.Of(order[row]));
        return parts;
    }

    private SplitAssignment Stratified(IRowSource rows, string target)
    {
        Dictionary<string, long> counts = Labels(rows, target);
        // Each class has a stretch of positions, in the order of the class names.
        var stretches = new Dictionary<string, (long Start, KeyedPermutation Order, long[] Next)>(StringComparer.Ordinal);
        long start = 0;
        foreach ((string label, long count) in counts.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            stretches.Add(label, (start, new KeyedPermutation(count, _key.Child(label)), [0]));
            start += count;
        }
        PartShares shares = Shares;
        var parts = new SplitAssignment();
        foreach ((string label, _) in EachLabel(rows, target))
        {
            (long first, KeyedPermutation order, long[] next) = stretches[label];
            parts.Add(shares.Of(first + order[next[0]++]));
        }
        return parts;
    }

    private SplitAssignment ByGroup(IRowSource rows, string column)
    {
        KeyValuePair<string, long>[] groups = [.. Labels(rows, column).OrderBy(e => e.Key, StringComparer.Ordinal)];
        long total = groups.Sum(g => g.Value);
        double sum = spec.Train + Validation + Test;
        double[] lacking = [total * spec.Train / sum, total * Validation / sum, total * Test / sum];
        int wanted = lacking.Count(l => l > 0);
        if (groups.Length < wanted)
            throw new DataException($"split: column '{column}' has {groups.Length} groups, too few for {wanted} parts; split by another column, or with fewer parts");
        var order = new KeyedPermutation(groups.Length, _key);
        var partOf = new Dictionary<string, Part>(StringComparer.Ordinal);
        for (int i = 0; i < groups.Length; i++)
        {
            (string group, long size) = groups[order[i]];
            int most = lacking.IndexOf(lacking.Max());
            lacking[most] -= size;
            partOf.Add(group, (Part)most);
        }
        var parts = new SplitAssignment();
        foreach ((string label, _) in EachLabel(rows, column))
            parts.Add(partOf[label]);
        return parts;
    }

    private SplitAssignment ByOrder(IRowSource rows, string column)
    {
        CheckColumn(rows, column, c => ColumnValues.IsNumeric(c) || c.Type == ColumnType.Time, "a time or a number");
        var keys = new List<double>();
        bool ascending = true;
        foreach (RowBlock block in rows.Read(stop))
        {
            Column values = block[column];
            ReadOnlySpan<double> numbers = ColumnValues.Numbers(values);
            for (int row = 0; row < block.Count; row++)
            {
                if (ColumnValues.IsMissing(values, row))
                    throw new FieldException($"split: '{column}' of row {block.NumberOf(row)} is missing, so the row has no place in the order; correct it, or leave the row out", column, block.NumberOf(row));
                ascending &= keys.Count == 0 || keys[^1] <= numbers[row];
                keys.Add(numbers[row]);
            }
        }
        int[] order = [.. Enumerable.Range(0, keys.Count)];
        if (!ascending)
            order.AsSpan().Sort((a, b) => keys[a].CompareTo(keys[b]) is not 0 and var c ? c : a.CompareTo(b));
        IsOrdered = ascending;
        double sum = spec.Train + Validation + Test;
        long trained = (long)Math.Floor(keys.Count * (spec.Train / sum) + 0.5);
        long validated = Math.Max(trained, (long)Math.Floor(keys.Count * ((spec.Train + Validation) / sum) + 0.5));
        var parts = new SplitAssignment();
        for (int i = 0; i < order.Length; i++)
            parts.Add(Part.Training);
        for (int place = 0; place < order.Length; place++)
            parts.Set(order[place], place < trained ? Part.Training : place < validated ? Part.Validation : Part.Test);
        return parts;
    }

    /// <summary>Whether the rows are in the order of <c>order_by</c>, after a split by it.</summary>
    public bool IsOrdered { get; private set; } = true;

    private SplitAssignment ByColumn(IRowSource rows, string column)
    {
        var parts = new SplitAssignment();
        foreach ((string label, long row) in EachLabel(rows, column))
        {
            parts.Add(label.Trim().ToLowerInvariant() switch
            {
                "train" or "training" => Part.Training,
                "validation" or "valid" or "val" => Part.Validation,
                "test" => Part.Test,
                _ => throw new FieldException($"split: '{column}' of row {row} is '{label}'; train, validation or test expected", column, row),
            });
        }
        return parts;
    }

    private Dictionary<string, long> Labels(IRowSource rows, string column)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach ((string label, _) in EachLabel(rows, column))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, label, out _)++;
            if (counts.Count > MostDistinct)
                throw new DataException($"split: column '{column}' has more than {MostDistinct} distinct values; split by another column");
        }
        return counts;
    }

    // A missing value is a group, or a class, of its own: what becomes of such rows is the steps' matter.
    private IEnumerable<(string Label, long Row)> EachLabel(IRowSource rows, string column)
    {
        CheckColumn(rows, column, c => c.Type != ColumnType.Array, "anything but an array");
        foreach (RowBlock block in rows.Read(stop))
        {
            Column values = block[column];
            for (int row = 0; row < block.Count; row++)
                yield return (values.IsMissing(row) ? "" : ColumnValues.Label(values, row), block.NumberOf(row));
        }
    }

    private static void CheckColumn(IRowSource rows, string name, Func<ColumnInfo, bool> fits, string expected)
    {
        if (rows.Schema.IndexOf(name) is not (>= 0 and var i))
            throw StepInput.Absent("split", name, rows.Schema);
        if (!fits(rows.Schema.Columns[i]))
            throw new DataException($"split: column '{name}' is {StepInput.Described(rows.Schema.Columns[i])}; {expected} expected");
    }
}
