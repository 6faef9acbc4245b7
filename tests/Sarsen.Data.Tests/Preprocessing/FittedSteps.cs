using Sarsen.Data.Preprocessing;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Tests.Preprocessing;

/// <summary>Steps fitted on rows in memory, without targets or splits.</summary>
internal sealed class FittedSteps
{
    public FittedSteps(IRowSource training, params IReadOnlyList<PreprocessStep> steps)
    {
        var input = new StepInput(training.Schema, [], []);
        (Chain, _) = StepChain.Fit(input, steps, () => training.Read(default));
    }

    public StepChain Chain { get; }

    public List<(string Step, long Rows)> Dropped { get; } = [];

    /// <summary>As prediction.</summary>
    public RowBlock Apply(params IReadOnlyList<Column> columns) => Chain.Apply(new MemoryRows(columns).Read(default).Single(), Chain.Transforms.Count);

    /// <summary>As a part of the data.</summary>
    public IReadOnlyList<RowBlock> Stream(IRowSource rows, Part part = Part.Training) =>
        [.. Chain.Stream(rows.Read(default), new Passage(part, [], (step, count) => Dropped.Add((step, count))), Chain.Transforms.Count)];

    public static double[] Numbers(RowBlock block, string column) => ColumnValues.Numbers(block[column]).ToArray();
}
