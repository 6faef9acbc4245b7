using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// Consecutive rows as one sample (length, features), with the target of the row that is <c>horizon</c> rows behind the
/// last of them: rows t - horizon - length + 1 .. t - horizon predict row t. Windows never leave their part of the data
/// nor span a gap where rows are missing from it, so a part needs consecutive rows: split with <c>order_by</c>. Where no
/// features are named, what is predicted is a feature too: its past is known.
/// At prediction n rows in order give n - length + 1 samples.
/// </summary>
[Description("Make sequences of consecutive rows, as for time series.")]
[DefaultProperty(nameof(Length))]
public sealed record WindowStep : PlainStep
{
    [Description("Rows of one sequence."), Range(1, 1 << 16)]
    public required int Length { get; init; }

    [Description("How many rows behind the last one the predicted row is; 0: it is the last one."), Range(0, 1 << 16)]
    public int Horizon { get; init; } = 1;

    [Description("Rows between the starts of two training sequences."), Range(1, 1 << 16)]
    public int Stride { get; init; } = 1;

    internal override Transform Bind(StepInput input)
    {
        ColumnInfo[] features = [.. input.Features];
        if (features.FirstOrDefault(c => !FeatureVector.Takes(c)) is { } odd)
            throw new DataException($"{Word}: column '{odd.Name}' is {StepInput.Described(odd)}; a sequence is made of numbers: encode the column, or drop it with 'drop_columns'");
        if (features.Length == 0)
            throw new DataException($"{Word}: there is no feature to make sequences of");
        var vector = new FeatureVector(Word, input.Schema, features);
        var sequence = new ColumnInfo("sequence", ColumnType.Array, new Shape(Length, vector.Width));
        ColumnInfo[] targets = [.. input.Targets.Where(t => input.Schema.IndexOf(t) >= 0).Select(t => input.Schema.Columns[input.Schema.IndexOf(t)])];
        if (targets.Any(t => t.Name == sequence.Name))
            throw new DataException($"{Word}: the sequences' column is called '{sequence.Name}', as one that is predicted; rename that one");
        // Whatever a target was before, what is left of it now is what is predicted.
        var output = new StepInput(new Schema([sequence, .. targets]), input.Targets, input.Targets);
        return new Windows(this, output, vector, [.. targets.Select(t => input.Schema.IndexOf(t.Name))]);
    }

    private sealed class Windows(WindowStep step, StepInput output, FeatureVector vector, int[] targets) : Transform(output)
    {
        public override int RowsNeeded => step.Length;

        public override RowBlock Apply(RowBlock rows)
        {
            if (rows.Count < step.Length)
                throw new DataException($"{step.Word}: a sequence needs {step.Length} rows, in order; found {rows.Count}");
            float[] values = new float[checked(rows.Count * vector.Width)];
            vector.Write(rows, values);
            int windows = rows.Count - step.Length + 1, size = step.Length * vector.Width;
            byte[] sequences = new byte[checked((long)windows * size * sizeof(float))];
            for (int w = 0; w < windows; w++)
                MemoryMarshal.AsBytes(values.AsSpan(w * vector.Width, size)).CopyTo(sequences.AsSpan(w * size * sizeof(float)));
            int[] last = [.. Enumerable.Range(step.Length - 1, windows)];
            return Block(rows, last, sequences);
        }

        public override IEnumerable<RowBlock> Stream(IEnumerable<RowBlock> rows, Passage passage)
        {
            var held = new RowRing(step.Length + step.Horizon, vector.Width);
            long next = -1;
            foreach (RowBlock block in rows)
            {
                float[] values = new float[checked(block.Count * vector.Width)];
                vector.Write(block, values);
                var ends = new List<int>();
                var sequences = new MemoryStream();
                for (int row = 0; row < block.Count; row++)
                {
                    if (block.NumberOf(row) != next)
                        held.Clear();
                    next = block.NumberOf(row) + 1;
                    held.Add(values.AsSpan(row * vector.Width, vector.Width));
                    if (held.IsFull && (held.Added - held.Capacity) % step.Stride == 0)
                    {
                        ends.Add(row);
                        held.WriteFirst(step.Length, sequences);
                    }
                }
                if (ends.Count > 0)
                    yield return Block(block, [.. ends], sequences.ToArray());
            }
        }

        private RowBlock Block(RowBlock rows, int[] ends, byte[] sequences)
        {
            RowBlock taken = rows.Take(ends);
            return taken.With(Output.Schema,
            [
                new ArrayColumn(Output.Schema.Columns[0], sequences, ends.Length),
                .. targets.Select(i => taken.Columns[i]),
            ]);
        }
    }

    /// <summary>The last rows that were added.</summary>
    private sealed class RowRing(int capacity, int width)
    {
        private readonly float[] _rows = new float[checked(capacity * width)];

        public int Capacity => capacity;

        /// <summary>Rows since it was last empty.</summary>
        public long Added { get; private set; }

        public bool IsFull => Added >= capacity;

        public void Clear() => Added = 0;

        public void Add(ReadOnlySpan<float> row) => row.CopyTo(_rows.AsSpan((int)(Added++ % capacity) * width));

        /// <summary>Writes the oldest rows.</summary>
        public void WriteFirst(int count, Stream into)
        {
            for (int i = 0; i < count; i++)
                into.Write(MemoryMarshal.AsBytes(_rows.AsSpan((int)((Added + i) % capacity) * width, width)));
        }
    }
}
