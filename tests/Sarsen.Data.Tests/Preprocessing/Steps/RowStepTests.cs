using System.Runtime.InteropServices;
using System.Text.Json;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Tests.Preprocessing.Steps;

public class RowStepTests
{
    [Fact]
    public void Rows_with_a_missing_value_are_dropped_and_counted_but_not_at_prediction()
    {
        var rows = new MemoryRows(MemoryRows.Numbers("x", 1, null, double.NaN, 4), MemoryRows.Texts("t", "a", "b", "c", null));
        var all = new FittedSteps(rows, new DropMissingStep());
        FittedSteps.Numbers(all.Stream(rows).Single(), "x").ShouldBe([1]);
        all.Dropped.ShouldBe([("drop_missing", 3)]);
        all.Stream(rows, Part.Test).Single().Count.ShouldBe(1);
        all.Apply(MemoryRows.Numbers("x", (double?)null), MemoryRows.Texts("t", [null])).Count.ShouldBe(1);
        var one = new FittedSteps(rows, new DropMissingStep { Columns = ["x"] });
        RowBlock kept = one.Stream(rows).Single();
        FittedSteps.Numbers(kept, "x").ShouldBe([1, 4]);
        kept.NumberOf(1).ShouldBe(3);
    }

    [Theory]
    [InlineData(OutlierMethod.ZScore, 3.0)]
    [InlineData(OutlierMethod.Iqr, 1.5)]
    public void Outliers_are_dropped_from_the_training_part_alone(OutlierMethod method, double threshold)
    {
        double[] values = [.. Enumerable.Range(0, 50).Select(i => i % 10 + 0.5), 1000];
        var rows = new MemoryRows(MemoryRows.Numbers("x", values));
        var fitted = new FittedSteps(rows, new DropOutliersStep { Method = method, Threshold = threshold });
        FittedSteps.Numbers(fitted.Stream(rows).Single(), "x").ShouldBe(values[..50]);
        fitted.Stream(rows, Part.Validation).Single().Count.ShouldBe(51);
        fitted.Apply(MemoryRows.Numbers("x", 1e6)).Count.ShouldBe(1);
    }

    [Fact]
    public void Duplicates_are_dropped_within_training_and_from_what_is_held_out()
    {
        MemoryRows training = Rows([1, 1, 2, -0.0, 0.0], ["a", "a", "a", "z", "z"]);
        var fitted = new FittedSteps(training, new DropDuplicatesStep());
        var memory = new Dictionary<Transform, object>();
        List<RowBlock> Pass(MemoryRows rows, Part part) => [.. fitted.Chain.Stream(rows.Read(default), new Passage(part, memory), 1)];
        Pass(training, Part.Training).Single().Count.ShouldBe(3);
        FittedSteps.Numbers(Pass(Rows([1, 1, 3], ["a", "b", "a"]), Part.Validation).Single(), "x").ShouldBe([1, 3]);
        FittedSteps.Numbers(Pass(Rows([3, 2, 4], ["a", "a", "a"]), Part.Test).Single(), "x").ShouldBe([4]);
        fitted.Apply(MemoryRows.Numbers("x", 1.0, 1), MemoryRows.Texts("t", "a", "a")).Count.ShouldBe(2);

        static MemoryRows Rows(double[] x, string[] t) => new(MemoryRows.Numbers("x", x), MemoryRows.Texts("t", t));
    }

    [Fact]
    public void Texts_that_run_together_are_no_duplicates()
    {
        var rows = new MemoryRows(MemoryRows.Texts("a", "ab", "a"), MemoryRows.Texts("b", "c", "bc"));
        new FittedSteps(rows, new DropDuplicatesStep()).Stream(rows).Single().Count.ShouldBe(2);
    }

    [Fact]
    public void Windows_predict_the_row_a_horizon_behind_them_and_span_no_gap()
    {
        double[] x = [.. Enumerable.Range(0, 20).Select(i => (double)i)];
        MemoryRows rows = InBlocks(7, MemoryRows.Numbers("x", x), MemoryRows.Numbers("y", Array.ConvertAll(x, v => 100 + v)));
        var input = new StepInput(rows.Schema, ["y"], ["y"]);
        var step = new WindowStep { Length = 3, Horizon = 2 };
        Transform windows = ((PreprocessStep)step).Bind(input, null);
        RowBlock[] blocks = [.. windows.Stream(rows.Read(default), new Passage(Part.Training, []))];
        windows.Output.Schema.Columns[0].ElementShape.ShouldBe(new Sarsen.Tensors.Shape(3, 1));
        (float[] Sequence, double Target)[] samples = [.. blocks.SelectMany(Samples)];
        samples.Length.ShouldBe(20 - 3 - 2 + 1);
        samples[0].Sequence.ShouldBe([0, 1, 2]);
        samples[0].Target.ShouldBe(104);
        samples[^1].Sequence.ShouldBe([15, 16, 17]);
        samples[^1].Target.ShouldBe(119);

        // Without row 9 no window has both sides of it.
        var gap = new SplitAssignment();
        for (int i = 0; i < 20; i++)
            gap.Add(i == 9 ? Part.Test : Part.Training);
        samples = [.. windows.Stream(new PartRows(rows, gap, Part.Training).Read(default), new Passage(Part.Training, [])).SelectMany(Samples)];
        samples.Select(s => s.Sequence[0]).ShouldBe([0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 15]);
        ((PreprocessStep)(step with { Stride = 4 })).Bind(input, null).Stream(rows.Read(default), new Passage(Part.Training, [])).SelectMany(Samples)
            .Select(s => s.Sequence[0]).ShouldBe([0, 4, 8, 12]);

        // Prediction has no horizon to wait for.
        RowBlock predicted = windows.Apply(rows.Read(default).First());
        predicted.Count.ShouldBe(5);
        Samples(predicted).Last().Sequence.ShouldBe([4, 5, 6]);
        Should.Throw<DataException>(() => windows.Apply(rows.Read(default).First().Take([0, 1]))).Message.ShouldBe("window: a sequence needs 3 rows, in order; found 2");
    }

    [Fact]
    public void A_series_predicts_itself_in_order()
    {
        long[] months = [.. Enumerable.Range(0, 60).Select(i => (long)i)];
        DataSpec spec = PreparedDataTests.Spec([MemoryRows.Times("month", months), MemoryRows.Numbers("label", Array.ConvertAll(months, m => (double)m))], new SplitSpec { OrderBy = "month" });
        using PreparedData data = PreparedData.Prepare(spec, [new StandardScaleStep(), new WindowStep { Length = 4 }], 0);
        data.Pipeline.Fields.Select(f => f.Column.Name).ShouldBe(["label"]);
        data.Pipeline.RowsPerSample.ShouldBe(4);
        (data.Training.Count, data.Validation!.Count, data.Test!.Count).ShouldBe((48 - 4, 6 - 4, 6 - 4));
        (float[] input, byte[] target) = PreparedDataTests.All(data.Test).First();
        float[] next = [BitConverter.ToSingle(target)];
        (next[0] - input[3]).ShouldBe(input[3] - input[2], 1e-6);
        data.Pipeline.Decode(next);
        next[0].ShouldBe(58, 1e-4);

        byte[] encoded = new byte[2 * data.Pipeline.Input.Bytes];
        JsonElement rows = JsonSerializer.SerializeToElement(Enumerable.Range(54, 5).Select(i => new { label = i }));
        data.Pipeline.Encode(rows, encoded).ShouldBe(2);
        MemoryMarshal.Cast<byte, float>(encoded)[..4].ToArray().ShouldBe(input);
    }

    [Fact]
    public void Sequences_of_rows_out_of_order_are_refused()
    {
        DataSpec spec = PreparedDataTests.Spec([MemoryRows.Times("month", [.. Enumerable.Range(0, 60).Select(i => (long)(i * 7 % 60))]), MemoryRows.Numbers("label", new double[60])], new SplitSpec { OrderBy = "month" });
        Should.Throw<DataException>(() => PreparedData.Prepare(spec, [new WindowStep { Length = 4 }], 0)).Message.ShouldContain("not in the order of 'month'; sort the file by it");
        Should.Throw<DataException>(() => PreparedData.Prepare(spec with { Split = new SplitSpec() }, [new DropColumnsStep { Columns = ["month"] }, new WindowStep { Length = 30 }], 0)).Message.ShouldContain("split with 'order_by'");
    }

    private static IEnumerable<(float[] Sequence, double Target)> Samples(RowBlock block)
    {
        var sequences = (ArrayColumn)block.Columns[0];
        for (int row = 0; row < block.Count; row++)
            yield return (MemoryMarshal.Cast<byte, float>(sequences.Row(row)).ToArray(), ((Column<double>)block["y"]).Values[row]);
    }

    private static MemoryRows InBlocks(int size, params Column[] columns)
    {
        RowBlock whole = new MemoryRows(columns).Read(default).Single();
        return new MemoryRows(whole.Schema, [.. Enumerable.Range(0, whole.Count).Chunk(size).Select(rows => whole.Take(rows))]);
    }
}
