using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>Columns of numbers, in order, as one array of F32: the pixels of a table's rows as pictures (1, 8, 8).</summary>
[Description("Make one array, such as a picture, of columns of numbers.")]
[DefaultProperty(nameof(Shape))]
public sealed record ReshapeStep : PlainStep
{
    [Description("The columns, row-major; nothing: all features that are numbers, integers, booleans or vectors.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("The array's sizes, outermost first; a picture's are channels, height, width."), Length(1, 7), Range(1, 1 << 24)]
    public required IReadOnlyList<long> Shape { get; init; }

    [Description("What the array's column is called.")]
    public string Name { get; init; } = "array";

    internal override Transform Bind(StepInput input)
    {
        IReadOnlyList<ColumnInfo> columns = input.Select(this, Columns, FeatureVector.Takes, "numbers");
        if (columns.FirstOrDefault(c => input.Targets.Contains(c.Name)) is { } target)
            throw new DataException($"{Word}: column '{target.Name}' is predicted; take it out of 'columns'");
        var shape = new Shape([.. Shape]);
        var vector = new FeatureVector(Word, input.Schema, columns);
        if (vector.Width != shape.Count)
            throw new DataException($"{Word}: {vector.Width} values of {columns.Count} columns do not fill an array {shape}, which has {shape.Count}");
        ColumnInfo[] kept = [.. input.Schema.Columns.Where(c => !columns.Contains(c))];
        if (kept.Any(c => c.Name == Name))
            throw new DataException($"{Word}: there is a column '{Name}' already; give the array another 'name'");
        return new Reshape(input with { Schema = new Schema([.. kept, new ColumnInfo(Name, ColumnType.Array, shape)]) }, vector, [.. kept.Select(c => input.Schema.IndexOf(c.Name))]);
    }

    private sealed class Reshape(StepInput output, FeatureVector vector, int[] kept) : Transform(output)
    {
        public override RowBlock Apply(RowBlock rows)
        {
            float[] values = new float[checked(rows.Count * vector.Width)];
            vector.Write(rows, values);
            return rows.With(Output.Schema,
            [
                .. kept.Select(i => rows.Columns[i]),
                new ArrayColumn(Output.Schema.Columns[^1], MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), rows.Count),
            ]);
        }
    }
}
