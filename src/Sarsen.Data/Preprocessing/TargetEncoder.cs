using System.Runtime.InteropServices;
using Sarsen.Data.Batches;
using Sarsen.Data.Tables;
using Sarsen.Formats;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing;

/// <summary>From the target columns behind the steps to the number of a class, I64 (), or to values, F32 (k).</summary>
internal sealed class TargetEncoder
{
    private readonly Dictionary<string, long> _classes = new(StringComparer.Ordinal);
    private readonly int _column = -1;
    private readonly FeatureVector? _values;

    /// <exception cref="DataException">The columns are not of that kind.</exception>
    public TargetEncoder(StepInput table, TargetInfo target)
    {
        Target = target;
        ColumnInfo[] columns = Columns(table, target.Columns);
        switch (target.Kind)
        {
            case TargetKind.Classes:
                _column = table.Schema.IndexOf(columns[0].Name);
                foreach (string name in target.Classes)
                    _classes.Add(name, _classes.Count);
                Layout = new SampleLayout(DType.I64, new Shape());
                break;
            case TargetKind.Values:
                if (columns.FirstOrDefault(c => !FeatureVector.Takes(c)) is { } odd)
                    throw new DataException($"target: column '{odd.Name}' is {StepInput.Described(odd)}, but numbers are predicted; cast it, or use a loss for classes");
                _values = new FeatureVector("target", table.Schema, columns);
                Layout = new SampleLayout(DType.F32, new Shape(_values.Width));
                break;
        }
    }

    public TargetInfo Target { get; }

    public SampleLayout? Layout { get; }

    /// <summary>What is predicted, as the training rows say it.</summary>
    /// <param name="table">The columns behind the steps.</param>
    /// <param name="kind">Classes or values, or what the columns suggest.</param>
    /// <param name="classes">The classes in their order; null: those of the rows, sorted.</param>
    /// <param name="rows">The training rows behind the steps; read only where the classes are not given.</param>
    /// <exception cref="DataException">The columns are not of that kind, or there are not two classes.</exception>
    public static TargetInfo Find(StepInput table, TargetKind kind, IReadOnlyList<string>? classes, Func<IEnumerable<RowBlock>> rows)
    {
        if (table.Targets.Count == 0 || kind == TargetKind.None)
            return new TargetInfo(TargetKind.None, [], []);
        ColumnInfo[] columns = Columns(table, table.Targets);
        if (kind == TargetKind.Auto)
            kind = classes is not null || columns.Length == 1 && ColumnValues.IsLabel(columns[0]) ? TargetKind.Classes : TargetKind.Values;
        if (kind == TargetKind.Values)
        {
            return classes is null
                ? new TargetInfo(kind, table.Targets, [])
                : throw new DataException("target: 'classes' are given, but the loss is one for numbers; take 'classes' out, or use a loss for classes");
        }
        if (columns.Length > 1)
            throw new DataException($"target: classes are in one column, found {columns.Length} ({string.Join(", ", table.Targets)}); name one, or use a loss for numbers");
        if (!ColumnValues.IsLabel(columns[0]) && columns[0].Type != ColumnType.Number)
            throw new DataException($"target: column '{columns[0].Name}' is {StepInput.Described(columns[0])}, which is no class; text, integers or booleans expected: leave the target out of the steps");
        classes ??= Labels(columns[0], rows());
        if (classes.Distinct(StringComparer.Ordinal).Count() < classes.Count)
            throw new DataException($"target: class '{classes.GroupBy(c => c).First(g => g.Count() > 1).Key}' is given twice");
        if (classes.Count < 2)
            throw new DataException($"target: column '{columns[0].Name}' has {(classes.Count == 0 ? "no class" : $"one class, '{classes[0]}',")} in the training rows; two are needed: check the column, or split with 'stratify: true'");
        return new TargetInfo(TargetKind.Classes, table.Targets, classes);
    }

    /// <summary>Writes the targets of rows, each at the end of its record of <paramref name="stride"/> bytes.</summary>
    /// <exception cref="FieldException">A value is missing, no number, or none of the classes.</exception>
    public void Write(RowBlock rows, Span<byte> into, int stride, Span<long> classCounts)
    {
        if (Layout is null)
            return;
        int width = (int)Layout.Bytes, offset = stride - width;
        if (_values is not null)
        {
            float[] values = new float[checked(rows.Count * _values.Width)];
            _values.Write(rows, values);
            for (int row = 0; row < rows.Count; row++)
                MemoryMarshal.AsBytes(values.AsSpan(row * _values.Width, _values.Width)).CopyTo(into[(row * stride + offset)..]);
            return;
        }
        Column column = rows.Columns[_column];
        for (int row = 0; row < rows.Count; row++)
        {
            long number = ClassOf(column, rows, row);
            classCounts[(int)number]++;
            MemoryMarshal.Write(into[(row * stride + offset)..], number);
        }
    }

    private long ClassOf(Column column, RowBlock rows, int row)
    {
        string label = Label(column, rows, row);
        if (_classes.TryGetValue(label, out long number))
            return number;
        string near = Suggestion.Nearest(label, Target.Classes) is { } other ? $"; did you mean '{other}'?" : "";
        string more = Target.Classes.Count > 20 ? $" and {Target.Classes.Count - 20} more" : "";
        throw new FieldException($"target: '{column.Info.Name}' of row {rows.NumberOf(row)} is '{label}', which is none of the classes{near} They are {string.Join(", ", Target.Classes.Take(20))}{more}; "
            + "correct the row, name all 'classes', or split with 'stratify: true' so that training has each", column.Info.Name, rows.NumberOf(row));
    }

    private static IReadOnlyList<string> Labels(ColumnInfo info, IEnumerable<RowBlock> rows)
    {
        const int most = 1 << 16;
        var labels = new HashSet<string>(StringComparer.Ordinal);
        foreach (RowBlock block in rows)
        {
            Column column = block[info.Name];
            for (int row = 0; row < block.Count; row++)
                labels.Add(Label(column, block, row));
            if (labels.Count > most)
                throw new DataException($"target: column '{info.Name}' has more than {most} classes; for numbers use a loss such as mse");
        }
        return [.. labels.Order(ColumnValues.LabelOrder(info.Type))];
    }

    private static string Label(Column column, RowBlock rows, int row)
    {
        if (ColumnValues.IsMissing(column, row))
            throw new FieldException($"target: '{column.Info.Name}' of row {rows.NumberOf(row)} is missing; give it, or put a 'drop_missing' among the steps", column.Info.Name, rows.NumberOf(row));
        if (column is Column<double> numbers && Math.Floor(numbers.Values[row]) != numbers.Values[row])
            throw new FieldException(FormattableString.Invariant($"target: '{column.Info.Name}' of row {rows.NumberOf(row)} is {numbers.Values[row]}, but classes are whole numbers; cast the column to text, or use a loss for numbers"), column.Info.Name, rows.NumberOf(row));
        return ColumnValues.Label(column, row);
    }

    private static ColumnInfo[] Columns(StepInput table, IReadOnlyList<string> names) =>
        [.. names.Select(n => table.Schema.IndexOf(n) is >= 0 and var i ? table.Schema.Columns[i] : throw new DataException($"target: no column '{n}' is left behind the steps; take it out of their 'columns'"))];
}
