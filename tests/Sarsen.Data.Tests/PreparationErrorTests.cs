using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Sources;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Tests;

/// <summary>Each way that data is not what was said of it has its own answer.</summary>
public class PreparationErrorTests
{
    private static readonly SplitSpec Whole = new() { Train = 1, Validation = 0, Test = 0 };

    [Fact]
    public void Columns_that_are_absent_are_named_with_the_nearest() =>
        Refused(PreparedDataTests.Spec(PreparedDataTests.Table(10)) with { Target = ["lable"] }).ShouldContain("data: there is no column 'lable'; did you mean 'label'?");

    [Fact]
    public void Text_that_no_step_encodes_is_named_with_the_steps_that_would() =>
        Refused(PreparedDataTests.Spec(PreparedDataTests.Table(10), Whole), new ImputeStep()).ShouldBe(
            "preprocess: column 'city' is still text; encode it with 'one_hot', 'ordinal' or 'tokenize', or take it away with 'drop_columns'");

    [Fact]
    public void Missing_values_that_are_not_imputed_are_named_with_their_row()
    {
        string message = Refused(PreparedDataTests.Spec(PreparedDataTests.Table(10), Whole), new OneHotStep());
        message.ShouldContain("'age' of row 3 is missing");
        message.ShouldContain("impute");
    }

    [Fact]
    public void Not_a_number_and_infinity_are_named_with_their_row()
    {
        Refused(Numbers(1, double.PositiveInfinity)).ShouldContain("'x' of row 1 is Infinity, which is no finite number of 32 bits");
        Refused(Numbers(1, double.NaN)).ShouldContain("'x' of row 1 is missing");
        Refused(Numbers(1e39, 1)).ShouldContain("'x' of row 0 is 1E+39");
    }

    [Fact]
    public void Labels_outside_the_classes_are_refused_with_row_and_nearest()
    {
        DataSpec spec = PreparedDataTests.Spec([MemoryRows.Numbers("x", 1.0, 2, 3), MemoryRows.Texts("label", "yes", "no", "noo")], Whole) with { Classes = ["no", "yes"] };
        Refused(spec).ShouldStartWith("target: 'label' of row 2 is 'noo', which is none of the classes; did you mean 'no'?");
        Refused(spec with { Classes = ["yes", "yes", "no"] }).ShouldContain("class 'yes' is given twice");
        DataSpec missing = PreparedDataTests.Spec([MemoryRows.Numbers("x", 1.0, 2), MemoryRows.Texts("label", "yes", null)], Whole);
        Refused(missing).ShouldContain("target: 'label' of row 1 is missing; give it, or put a 'drop_missing' among the steps");
        Refused(PreparedDataTests.Spec([MemoryRows.Numbers("x", 1.0, 2), MemoryRows.Numbers("label", 1, 2.5)], Whole), new PrepareOptions { Target = TargetKind.Classes })
            .ShouldContain("row 1 is 2.5, but classes are whole numbers");
        Refused(PreparedDataTests.Spec([MemoryRows.Numbers("x", 1.0, 2), MemoryRows.Texts("label", "a", "b")], Whole), new PrepareOptions { Target = TargetKind.Values })
            .ShouldContain("column 'label' is text, but numbers are predicted");
    }

    [Fact]
    public void Splits_that_are_empty_or_of_one_class_are_refused_with_a_cure()
    {
        Column[] two = [MemoryRows.Numbers("x", 1.0, 2), MemoryRows.Texts("label", "a", "b")];
        Refused(PreparedDataTests.Spec(two)).ShouldContain("validation: its part 0.1 of 2 rows is none");
        Refused(PreparedDataTests.Spec([MemoryRows.Numbers("x", Array.Empty<double>()), MemoryRows.Texts("label")], Whole)).ShouldBe("training: the source has no row");
        Refused(PreparedDataTests.Spec([MemoryRows.Numbers("x", 1.0, 2), MemoryRows.Texts("label", "a", "a")], Whole)).ShouldContain("has one class, 'a', in the training rows");
        DataSpec own = PreparedDataTests.Spec(two, Whole) with { Test = new RowsSource(new MemoryRows(MemoryRows.Numbers("x", 3.0), MemoryRows.Texts("label", "b"))) };
        Refused(own).ShouldContain("test: all 1 samples are of the class 'b'");
        Refused(PreparedDataTests.Spec([MemoryRows.Numbers("x", 1, null), MemoryRows.Texts("label", null, "a")], Whole) with { Classes = ["a", "b"] }, new DropMissingStep())
            .ShouldBe("training: the steps leave no sample of its 2 rows: drop_missing dropped 2");
    }

    [Fact]
    public void Sources_that_do_not_agree_are_refused()
    {
        Column[] two = [MemoryRows.Integers("x", 1, 2), MemoryRows.Texts("label", "a", "b")];
        DataSpec Spec(params Column[] test) => PreparedDataTests.Spec(two, Whole) with { Test = new RowsSource(new MemoryRows(test)) };
        Refused(Spec(MemoryRows.Numbers("x", 1.5, 2), two[1])).ShouldContain("test: column 'x' is a number, but an integer in the training data");
        Refused(Spec(MemoryRows.Numbers("y", 1.5, 2), two[1])).ShouldContain("test: there is no column 'x'");
    }

    [Fact]
    public void Random_steps_must_be_the_last_on_the_only_picture()
    {
        DataSpec spec = PreparedDataTests.Spec([MemoryRows.Arrays("p", new Shape(1, 2, 2), new byte[8]), MemoryRows.Integers("n", 1, 2), MemoryRows.Texts("label", "a", "b")], Whole);
        Refused(spec, new RandomFlipStep()).ShouldContain("the model reads one tensor, but 'p' (an array (1, 2, 2) of U8) and 'n' (an integer) cannot be put side by side");
        Refused(spec, new RandomFlipStep(), new DropColumnsStep { Columns = ["n"] }).ShouldContain("must be among the last steps");
        using PreparedData data = PreparedData.Prepare(spec, [new DropColumnsStep { Columns = ["n"] }, new RandomFlipStep()], 0);
        data.Training.Augments.ShouldBeTrue();
    }

    [Fact]
    public void A_source_that_changes_between_two_readings_is_refused() =>
        Refused(new DataSpec { Source = new RowsSource(new GrowingRows()), Target = ["label"] }, new PrepareOptions { MemoryBytes = 0 }).ShouldContain("it must not change while it is read");

    [Fact]
    public void Folds_that_would_leak_are_refused()
    {
        DataSpec spec = PreparedDataTests.Spec(PreparedDataTests.Table(40));
        string Refused(SplitSpec split, bool stratify) => Should.Throw<DataException>(() => PreparedData.PrepareFolds(spec with { Split = split }, [], 0, 4, stratify).First()).Message;
        Refused(new SplitSpec { OrderBy = "income" }, false).ShouldContain("validated on rows older than some they train on");
        Refused(new SplitSpec { GroupBy = "city" }, true).ShouldContain("not both");
        Refused(new SplitSpec { GroupBy = "city", Train = 1, Validation = 0, Test = 0 }, false).ShouldContain("3 groups are fewer than 4 folds");
    }

    [Fact]
    public void Splits_made_in_code_are_checked_as_those_of_a_spec() =>
        Refused(PreparedDataTests.Spec(PreparedDataTests.Table(10), new SplitSpec { Train = 0.5 })).ShouldStartWith("split: train + validation + test must be 1");

    private static DataSpec Numbers(params double[] x) =>
        PreparedDataTests.Spec([MemoryRows.Numbers("x", x), MemoryRows.Texts("label", [.. x.Select((_, i) => i % 2 == 0 ? "a" : "b")])], Whole);

    private static string Refused(DataSpec spec, params PreprocessStep[] steps) => Should.Throw<DataException>(() => PreparedData.Prepare(spec, steps, 0)).Message;

    private static string Refused(DataSpec spec, PrepareOptions options) => Should.Throw<DataException>(() => PreparedData.Prepare(spec, [], 0, options)).Message;

    private sealed class GrowingRows : IRowSource
    {
        private int _reads;

        public Schema Schema { get; } = new([new ColumnInfo("x", ColumnType.Number), new ColumnInfo("label", ColumnType.Text)]);

        public IEnumerable<RowBlock> Read(CancellationToken stop)
        {
            int rows = 20 + _reads++;
            yield return new RowBlock(Schema, [new Column<double>(Schema.Columns[0], new double[rows]), new Column<string>(Schema.Columns[1], [.. Enumerable.Range(0, rows).Select(i => i % 2 == 0 ? "a" : "b")])], 0);
        }
    }
}
