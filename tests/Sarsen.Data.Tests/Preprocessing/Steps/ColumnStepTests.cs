using System.Runtime.InteropServices;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Tables;
using Sarsen.Text.Vocabularies;

namespace Sarsen.Data.Tests.Preprocessing.Steps;

public class ColumnStepTests
{
    [Fact]
    public void Texts_become_ids_of_one_length()
    {
        var rows = new MemoryRows(MemoryRows.Texts("t", "the cat sat", "The cat", "dog"));
        // cat and the twice, dog and sat once: 2 .. 5.
        Ids(rows, new TokenizeStep { Length = 4 }, "dog cat bird").ShouldBe([4, 2, 1, 0]);
        Ids(rows, new TokenizeStep { Length = 4, Padding = TextEnd.Front }, "dog cat bird").ShouldBe([0, 4, 2, 1]);
        Ids(rows, new TokenizeStep { Length = 2 }, "dog cat sat the").ShouldBe([4, 2]);
        Ids(rows, new TokenizeStep { Length = 2, Truncation = TextEnd.Front }, "dog cat sat the").ShouldBe([5, 3]);
        Ids(rows, new TokenizeStep { Length = 3, MinFrequency = 2 }, "cat the sat").ShouldBe([2, 3, 1]);
        Ids(rows, new TokenizeStep { Length = 3, VocabularySize = 3 }, "the cat sat").ShouldBe([1, 2, 1]);
        Ids(rows, new TokenizeStep { Length = 3, Unit = TextUnit.Byte }, "ab").ShouldBe([99, 100, 0]);
        Ids(rows, new TokenizeStep { Length = 2 }, "").ShouldBe([0, 0]);
        Should.Throw<FieldException>(() => Ids(rows, new TokenizeStep(), null)).Message.ShouldContain("'t' of row 0 is missing");
    }

    [Fact]
    public void Casts_convert_what_they_can_and_name_the_row_they_cannot()
    {
        Cast(MemoryRows.Texts("c", "1.5", "-2e3", null), ScalarType.Number).ShouldBe([1.5, -2000, 0]);
        Cast(MemoryRows.Numbers("c", 3.0, -4), ScalarType.Integer).ShouldBe([3, -4]);
        Cast(MemoryRows.Integers("c", 0, 1), ScalarType.Boolean).ShouldBe([0, 1]);
        Cast(MemoryRows.Texts("c", "2024-05-01T12:00:00Z"), ScalarType.Time).ShouldBe([1714564800000]);
        var texts = new FittedSteps(new MemoryRows(MemoryRows.Times("c", 1714564800000)), new CastStep { Columns = ["c"], To = ScalarType.Text });
        ((Column<string>)texts.Apply(MemoryRows.Times("c", 1714564800000))["c"]).Values.ShouldBe(["2024-05-01T12:00:00Z"]);
        Refused(MemoryRows.Texts("c", "1", "x"), ScalarType.Integer).ShouldBe("cast: 'c' of row 1 is 'x', which is no integer; correct it, or leave the row out");
        Refused(MemoryRows.Numbers("c", 1.5), ScalarType.Integer).ShouldContain("'1.5', which is no integer");
        Refused(MemoryRows.Integers("c", 2), ScalarType.Boolean).ShouldContain("'2', which is no boolean");
        Refused(MemoryRows.Times("c", long.MaxValue), ScalarType.Text).ShouldContain("row 0");
    }

    [Fact]
    public void Constants_fill_the_columns_they_are_a_value_of()
    {
        MemoryRows Rows(double? x, string? t) => new(MemoryRows.Numbers("x", x), MemoryRows.Texts("t", t));
        var fitted = new FittedSteps(Rows(1, "a"), new ImputeStep { Strategy = ImputeStrategy.Constant, Value = "none" });
        RowBlock filled = fitted.Stream(Rows(null, null)).Single();
        ((Column<string>)filled["t"]).Values.ShouldBe(["none"]);
        filled["x"].IsMissing(0).ShouldBeTrue();
        Should.Throw<DataException>(() => new FittedSteps(Rows(1, "a"), new ImputeStep { Value = "3" })).Message.ShouldContain("belong together");
        Should.Throw<DataException>(() => new FittedSteps(Rows(null, null), new ImputeStep())).Message.ShouldBe("impute: column 'x' has no value in the training rows; drop it with 'drop_columns'");
    }

    [Fact]
    public void Unknown_categories_are_refused_ignored_or_counted_as_one()
    {
        var rows = new MemoryRows(MemoryRows.Integers("c", 10, 9, 10));
        float[] Hot(UnknownCategory unknown) =>
            MemoryMarshal.Cast<byte, float>(((ArrayColumn)new FittedSteps(rows, new OneHotStep { Columns = ["c"], Unknown = unknown }).Apply(MemoryRows.Integers("c", 9, 7))["c"]).Bytes).ToArray();
        Hot(UnknownCategory.Ignore).ShouldBe([1, 0, 0, 0]);
        Hot(UnknownCategory.Token).ShouldBe([1, 0, 0, 0, 0, 1]);
        var error = Should.Throw<FieldException>(() => Hot(UnknownCategory.Error));
        (error.Field, error.Row).ShouldBe(("c", 1));
        error.Message.ShouldContain("'7', which the training rows did not have");
        Should.Throw<DataException>(() => new FittedSteps(rows, new OneHotStep { Columns = ["c"], MaxCategories = 1 })).Message.ShouldContain("more than 1 categories");
        Should.Throw<DataException>(() => new FittedSteps(rows, new OneHotStep())).Message.ShouldBe("one_hot: no column fits; text expected, found 'c' (an integer): leave the step out, or cast a column");
    }

    [Fact]
    public void Ordinals_follow_the_given_order()
    {
        var rows = new MemoryRows(MemoryRows.Texts("size", "S", "M", "L"));
        var step = new OrdinalStep { Categories = new Dictionary<string, IReadOnlyList<string>> { ["size"] = ["S", "M", "L"] } };
        FittedSteps.Numbers(new FittedSteps(rows, step).Stream(rows).Single(), "size").ShouldBe([0, 1, 2]);
        var stray = new OrdinalStep { Categories = new Dictionary<string, IReadOnlyList<string>> { ["sise"] = ["S"] } };
        Should.Throw<DataException>(() => new FittedSteps(rows, stray)).Message.ShouldContain("'categories' names 'sise', which is none of its columns (size)");
    }

    [Fact]
    public void Values_without_a_logarithm_are_refused_with_their_row()
    {
        Should.Throw<FieldException>(() => Log(new LogStep(), 1, 0)).Message.ShouldBe("log: 'x' of row 1 is 0, which has no logarithm; values above 0 expected: 'plus_one: true' takes zeros");
        Log(new LogStep { PlusOne = true }, 1e-20, 0).ShouldBe([1e-20, 0]);
        Should.Throw<FieldException>(() => Log(new LogStep { PlusOne = true }, -1)).Message.ShouldContain("values above -1 expected");

        static double[] Log(LogStep step, params double[] x) => FittedSteps.Numbers(new FittedSteps(new MemoryRows(MemoryRows.Numbers("x", x)), step).Apply(MemoryRows.Numbers("x", x)), "x");
    }

    [Fact]
    public void Scaling_refuses_infinity_and_leaves_missing_values_missing()
    {
        var rows = new MemoryRows(MemoryRows.Numbers("x", 1, null, 3));
        RowBlock scaled = new FittedSteps(rows, new StandardScaleStep()).Stream(rows).Single();
        scaled["x"].IsMissing(1).ShouldBeTrue();
        FittedSteps.Numbers(scaled, "x")[2].ShouldBe(1);
        Should.Throw<FieldException>(() => new FittedSteps(new MemoryRows(MemoryRows.Numbers("x", 1, double.PositiveInfinity)), new MinMaxScaleStep())).Message.ShouldContain("row 1 is infinite");
    }

    [Fact]
    public void Absent_columns_are_named_with_the_nearest()
    {
        var rows = new MemoryRows(MemoryRows.Numbers("age", 1.0), MemoryRows.Texts("city", "a"));
        Should.Throw<DataException>(() => new FittedSteps(rows, new StandardScaleStep { Columns = ["agee"] })).Message.ShouldBe("standard_scale: there is no column 'agee'; did you mean 'age'? There are age, city");
        Should.Throw<DataException>(() => new FittedSteps(rows, new StandardScaleStep { Columns = ["city"] })).Message.ShouldBe("standard_scale: column 'city' is text; numbers expected: cast it, or take it out of 'columns'");
    }

    private static double[] Cast(Column column, ScalarType to) =>
        FittedSteps.Numbers(new FittedSteps(new MemoryRows(column), new CastStep { Columns = ["c"], To = to }).Apply(column), "c");

    private static string Refused(Column column, ScalarType to) => Should.Throw<FieldException>(() => new FittedSteps(new MemoryRows(column), new CastStep { Columns = ["c"], To = to }).Apply(column)).Message;

    private static long[] Ids(MemoryRows rows, TokenizeStep step, string? text) =>
        MemoryMarshal.Cast<byte, long>(((ArrayColumn)new FittedSteps(rows, step).Apply(MemoryRows.Texts("t", text))["t"]).Bytes).ToArray();
}
