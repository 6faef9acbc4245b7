using Sarsen.Data.Splits;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Tests.Splits;

public class RowSplitterTests
{
    private static readonly int[] Rows = [.. Enumerable.Range(0, 1003)];

    [Fact]
    public void Fractions_give_the_documented_counts()
    {
        SplitAssignment parts = Split(new SplitSpec { Train = 0.7, Validation = 0.2, Test = 0.1 });
        parts.CountOf(Part.Test).ShouldBe(100); // ⌊100.3 + ½⌋
        parts.CountOf(Part.Validation).ShouldBe(201); // ⌊903 · 2/9 + ½⌋
        parts.CountOf(Part.Training).ShouldBe(702);
        // Mixed: each third has its share, within four deviations.
        for (int third = 0; third < 3; third++)
            Rows.Skip(third * 334).Take(334).Count(r => parts[r] == Part.Test).ShouldBeInRange(33 - 22, 33 + 22);
    }

    [Fact]
    public void Stratified_parts_have_every_class_in_proportion()
    {
        string[] labels = [.. Rows.Select(i => i % 100 == 0 ? "rare" : i % 3 == 0 ? "some" : "many")];
        SplitAssignment parts = Split(new SplitSpec { Train = 0.6, Validation = 0.2, Test = 0.2, Stratify = true }, MemoryRows.Texts("label", labels));
        foreach (string label in labels.Distinct())
        {
            int size = labels.Count(l => l == label);
            foreach (Part part in new[] { Part.Validation, Part.Test })
                Rows.Count(r => labels[r] == label && parts[r] == part).ShouldBeInRange((int)Math.Floor(0.2 * size) - 1, (int)Math.Ceiling(0.2 * size) + 1);
        }
    }

    [Fact]
    public void A_group_is_never_in_two_parts()
    {
        long[] groups = [.. Rows.Select(i => (long)(i * i % 97))];
        SplitAssignment parts = Split(new SplitSpec { GroupBy = "group" }, MemoryRows.Integers("group", groups));
        foreach (IGrouping<long, int> group in Rows.GroupBy(r => groups[r]))
            group.Select(r => parts[r]).Distinct().Count().ShouldBe(1);
        parts.CountOf(Part.Test).ShouldBeInRange(60, 140);
        parts.CountOf(Part.Validation).ShouldBeInRange(60, 140);
    }

    [Fact]
    public void The_oldest_train_and_the_newest_test_in_whatever_order_they_come()
    {
        long[] times = [.. Rows.Select(i => (long)(i * 611 % 1003))];
        SplitAssignment parts = Split(new SplitSpec { OrderBy = "time" }, MemoryRows.Times("time", times));
        long newestTraining = Rows.Where(r => parts[r] == Part.Training).Max(r => times[r]);
        long oldestTest = Rows.Where(r => parts[r] == Part.Test).Min(r => times[r]);
        Rows.Where(r => parts[r] == Part.Validation).ShouldAllBe(r => times[r] > newestTraining && times[r] < oldestTest);
        parts.CountOf(Part.Training).ShouldBe(802);
    }

    [Fact]
    public void A_column_says_it_and_other_words_are_refused_with_their_row()
    {
        SplitAssignment parts = Split(new SplitSpec { Column = "part" }, MemoryRows.Texts("part", [.. Rows.Select(i => i % 5 == 0 ? "Test" : "train")]));
        parts.CountOf(Part.Test).ShouldBe(201);
        Should.Throw<DataException>(() => Split(new SplitSpec { Column = "part" }, MemoryRows.Texts("part", [.. Rows.Select(i => i == 7 ? "tset" : "train")])))
            .Message.ShouldBe("split: 'part' of row 7 is 'tset'; train, validation or test expected");
        Should.Throw<DataException>(() => Split(new SplitSpec { Column = "prat" })).Message.ShouldContain("there is no column 'prat'");
    }

    [Fact]
    public void Too_few_groups_are_refused() =>
        Should.Throw<DataException>(() => Split(new SplitSpec { GroupBy = "group" }, MemoryRows.Integers("group", new long[1003])))
            .Message.ShouldContain("1 groups, too few for 3 parts");

    [Fact]
    public void Seeds_decide_and_nothing_else_does()
    {
        Part[][] runs = [.. new ulong[] { 4, 4, 5 }.Select(seed =>
        {
            SplitAssignment parts = Split(new SplitSpec(), seed: seed);
            return Rows.Select(r => parts[r]).ToArray();
        })];
        runs[1].ShouldBe(runs[0]);
        runs[2].ShouldNotBe(runs[0]);
    }

    [Fact]
    public void Shuffled_folds_have_the_sizes_of_those_in_order_and_hold_each_index_once()
    {
        IReadOnlyList<Fold> folds = Folds.KFold(1003, 5, seed: 2);
        folds.Select(f => f.HeldOut.Count).ShouldBe([201, 201, 201, 200, 200]);
        folds.SelectMany(f => f.HeldOut).Order().ShouldBe(Rows.Select(r => (long)r));
        folds[0].Training.Intersect(folds[0].HeldOut).ShouldBeEmpty();
        int[] classes = [.. Rows.Select(i => i % 10 == 0 ? 1 : 0)];
        foreach ((Fold shuffled, Fold plain) in Folds.StratifiedKFold(classes, 4, seed: 3).Zip(Folds.StratifiedKFold(classes, 4)))
            shuffled.HeldOut.Sum(i => classes[i]).ShouldBe(plain.HeldOut.Sum(i => classes[i]));
        Should.Throw<DataException>(() => Folds.StratifiedKFold([0, 0, 0, 1], 2)).Message.ShouldContain("class 1 has 1 rows, fewer than 2 folds");
        Should.Throw<DataException>(() => Folds.KFold(3, 4));
    }

    private static SplitAssignment Split(SplitSpec spec, Column? column = null, ulong seed = 1)
    {
        var rows = new MemoryRows(column ?? MemoryRows.Integers("x", [.. Rows.Select(r => (long)r)]));
        return new RowSplitter(spec, validates: true, tests: true, seed, default).Split(rows, column?.Info.Name);
    }
}
