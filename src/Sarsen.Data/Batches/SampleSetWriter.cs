using Sarsen.Data.Preprocessing;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Batches;

/// <summary>Encodes the parts of the data, one behind the other, training first.</summary>
internal sealed class SampleSetWriter(Pipeline pipeline, ulong seed, SampleBudget budget)
{
    private readonly Dictionary<Transform, object> _memory = [];
    private readonly Dictionary<(string Step, Part Part), long> _dropped = [];
    private readonly TargetEncoder _targets = new(pipeline.Training.Output, pipeline.Target);
    private readonly SampleEncoder _inputs = new(pipeline.Training);

    /// <summary>Rows that steps dropped so far.</summary>
    public IReadOnlyList<DroppedRows> Dropped => [.. _dropped.Select(d => new DroppedRows(d.Key.Step, d.Key.Part.Name(), d.Value))];

    /// <exception cref="DataException">The part has no sample or one class alone, or a row cannot be encoded.</exception>
    public SampleSet Write(Part part, IEnumerable<RowBlock> rows)
    {
        var passage = new Passage(part, _memory, (step, count) =>
            _dropped[(step, part)] = _dropped.GetValueOrDefault((step, part)) + count);
        int stride = checked((int)(_inputs.Tail.Stored.Bytes + (_targets.Layout?.Bytes ?? 0)));
        long[] classCounts = new long[pipeline.Target.Classes.Count];
        long read = 0;
        using var writer = new SampleStoreWriter(stride, budget, part.Name());
        byte[] records = [];
        foreach (RowBlock block in pipeline.Training.Stream(rows.Select(Counted), passage, _inputs.Head))
        {
            if (records.Length < (long)block.Count * stride)
                records = new byte[checked(block.Count * stride)];
            _inputs.Write(block, records, stride);
            _targets.Write(block, records, stride, classCounts);
            for (int row = 0; row < block.Count; row++)
                writer.Add(records.AsSpan(row * stride, stride));
        }
        if (writer.Count == 0)
            throw new DataException($"{part.Name()}: the steps leave no sample of its {read} rows{WhereTheyWent(part)}");
        if (classCounts.Count(c => c > 0) == 1)
            throw new DataException($"{part.Name()}: all {writer.Count} samples are of the class '{pipeline.Target.Classes[Array.FindIndex(classCounts, c => c > 0)]}'; split with 'stratify: true', or give more rows");
        return new StoredSamples(writer.Finish(), _inputs.Tail, _targets.Layout, classCounts, augments: part == Part.Training, seed);

        RowBlock Counted(RowBlock block)
        {
            read += block.Count;
            return block;
        }
    }

    private string WhereTheyWent(Part part)
    {
        string dropped = string.Join(", ", _dropped.Where(d => d.Key.Part == part).Select(d => $"{d.Key.Step} dropped {d.Value}"));
        string windows = pipeline.RowsPerSample > 1 ? $"a sequence needs {pipeline.RowsPerSample} consecutive rows and those up to the one it predicts: split with 'order_by', or make it shorter" : "";
        string[] reasons = [.. new[] { dropped, windows }.Where(r => r.Length > 0)];
        return reasons.Length > 0 ? ": " + string.Join("; ", reasons) : "";
    }
}
