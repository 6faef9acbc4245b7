using System.Runtime.InteropServices;
using System.Text.Json;
using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Sources;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Tests;

public class PreparedDataTests
{
    private static readonly PreprocessStep[] Steps =
    [
        new DropMissingStep { Columns = ["label"] },
        new ImputeStep { Strategy = ImputeStrategy.Median },
        new LogStep { Columns = ["income"], PlusOne = true },
        new OneHotStep { Unknown = UnknownCategory.Token },
        new StandardScaleStep(),
    ];

    [Fact]
    public void A_mixed_table_becomes_feature_vectors_and_class_numbers()
    {
        using PreparedData data = PreparedData.Prepare(Spec(Table(200)), Steps, seed: 3);
        (data.Training.Count + data.Validation!.Count + data.Test!.Count).ShouldBe(200);
        data.Training.Input.ShouldBe(new SampleLayout(DType.F32, new Shape(7)));
        data.Training.Target.ShouldBe(new SampleLayout(DType.I64, new Shape()));
        data.Pipeline.FeatureNames.ShouldBe(["age", "income", "city=Ashford", "city=Bath", "city=Corby", "city=?", "member"]);
        data.Pipeline.Target.Classes.ShouldBe(["no", "yes"]);
        data.Pipeline.Fields.Select(f => (f.Column.Name, f.Required)).ShouldBe([("age", false), ("income", false), ("city", true), ("member", true)]);
        data.Training.ClassCounts.Sum().ShouldBe(data.Training.Count);

        float[][] rows = [.. All(data.Training).Select(s => s.Input)];
        rows.Average(r => r[0]).ShouldBe(0, 1e-6); // scaled on these very rows
        rows.Average(r => r[0] * r[0]).ShouldBe(1, 1e-5);
    }

    [Fact]
    public void What_is_fitted_depends_on_the_training_rows_alone()
    {
        Column[] columns = Table(200);
        columns = [.. columns, MemoryRows.Texts("part", [.. Enumerable.Range(0, 200).Select(i => i < 150 ? "train" : i < 170 ? "validation" : "test")])];
        var split = new SplitSpec { Column = "part" };
        PreprocessStep[] steps = [new DropDuplicatesStep(), new DropOutliersStep(), new ImputeStep { Columns = ["member"], Strategy = ImputeStrategy.Mode }, .. Steps];
        string before = Saved(Spec(columns, split), steps);

        // Other values, new categories, and copies of training rows in the parts held out.
        int[] order = [.. Enumerable.Range(0, 150), .. Enumerable.Range(100, 50)];
        Column[] changed = [.. columns.Take(5).Select(c => c.Take(order)), columns[5]];
        ((Column<double>)changed[1]).Values.AsSpan(150).Fill(1e9);
        ((Column<string>)changed[2]).Values.AsSpan(150).Fill("Dover");
        Saved(Spec(changed, split), steps).ShouldBe(before);
    }

    [Fact]
    public void A_row_is_encoded_at_prediction_to_the_bits_it_was_trained_with()
    {
        Column[] columns = Table(60);
        using PreparedData data = PreparedData.Prepare(Spec(columns, new SplitSpec { Train = 1, Validation = 0, Test = 0 }), Steps, seed: 3);
        var file = new MemoryStream();
        data.Pipeline.Save(file);
        file.Position = 0;
        Pipeline loaded = Pipeline.Load(file);
        byte[] stored = new byte[data.Training.Input.Bytes], encoded = new byte[data.Training.Input.Bytes];
        for (int row = 0; row < 60; row++)
        {
            data.Training.Read(row, 0, stored, new byte[8]);
            loaded.Encode(JsonSerializer.SerializeToElement(Row(columns, row)), encoded).ShouldBe(1);
            encoded.ShouldBe(stored);
        }
        byte[] block = new byte[60 * encoded.Length];
        loaded.Encode(new MemoryRows(columns).Read(default).Single(), block).ShouldBe(60);
        block[^encoded.Length..].ShouldBe(encoded);
    }

    [Fact]
    public void Integers_are_classes_or_values_as_the_loss_says()
    {
        Column[] columns = [MemoryRows.Numbers("x", 1.0, 2, 3, 4, 5, 6), MemoryRows.Integers("y", 10, 9, 10, 9, 10, 9)];
        DataSpec spec = Spec(columns, new SplitSpec { Train = 1, Validation = 0, Test = 0 }) with { Target = ["y"] };
        using PreparedData classes = PreparedData.Prepare(spec, [], 0);
        classes.Pipeline.Target.Classes.ShouldBe(["9", "10"]);
        classes.Training.ClassCounts.ShouldBe([3, 3]);
        using PreparedData values = PreparedData.Prepare(spec, [], 0, new PrepareOptions { Target = TargetKind.Values });
        values.Training.Target.ShouldBe(new SampleLayout(DType.F32, new Shape(1)));
        MemoryMarshal.Read<float>(All(values.Training).First().Target).ShouldBe(10);
    }

    [Fact]
    public void A_scaled_target_is_predicted_in_its_own_unit()
    {
        Column[] columns = [MemoryRows.Numbers("x", 1.0, 2, 3, 4), MemoryRows.Numbers("y", 10.0, 100, 1000, 10000)];
        DataSpec spec = Spec(columns, new SplitSpec { Train = 1, Validation = 0, Test = 0 }) with { Target = ["y"] };
        using PreparedData data = PreparedData.Prepare(spec, [new LogStep { Columns = ["y"] }, new StandardScaleStep { Columns = ["x", "y"] }], 0);
        float[] targets = [.. All(data.Training).Select(s => MemoryMarshal.Read<float>(s.Target))];
        targets.Sum().ShouldBe(0, 1e-6);
        data.Pipeline.Decode(targets);
        targets.ShouldBe([10, 100, 1000, 10000], 1e-3);
        data.Pipeline.Fields.Select(f => f.Column.Name).ShouldBe(["x"]);
    }

    [Fact]
    public void Sources_of_their_own_are_the_parts()
    {
        DataSpec spec = Spec(Table(50)) with { Test = new RowsSource(new MemoryRows(Table(30))) };
        using PreparedData data = PreparedData.Prepare(spec, Steps, 1);
        data.Test!.Count.ShouldBe(30);
        data.Validation!.Count.ShouldBe(6); // 0.1 of 0.9
        data.Training.Count.ShouldBe(44);
    }

    [Fact]
    public void Each_fold_is_held_out_once_and_fitted_anew()
    {
        long held = 0;
        var saved = new HashSet<string>();
        foreach (PreparedData fold in PreparedData.PrepareFolds(Spec(Table(100)), Steps, 5, folds: 4, stratify: true))
        {
            using (fold)
            {
                held += fold.Validation!.Count;
                fold.Test!.Count.ShouldBe(10);
                (fold.Training.Count + fold.Validation.Count).ShouldBe(90);
                saved.Add(Save(fold.Pipeline));
            }
        }
        held.ShouldBe(90);
        saved.Count.ShouldBe(4);
    }

    [Fact]
    public void The_same_seed_gives_the_same_samples()
    {
        float[][][] runs = [.. new ulong[] { 1, 1, 2 }.Select(seed =>
        {
            using PreparedData data = PreparedData.Prepare(Spec(Table(80)), Steps, seed);
            return All(data.Test!).Select(s => s.Input).ToArray();
        })];
        runs[1].ShouldBe(runs[0]);
        runs[2].ShouldNotBe(runs[0]);
    }

    [Fact]
    public void Dropped_rows_are_counted_by_step_and_part()
    {
        Column[] columns = Table(100);
        columns[4] = MemoryRows.Texts("label", [.. Enumerable.Range(0, 100).Select(i => i % 10 == 0 ? null : i % 2 == 0 ? "yes" : "no")]);
        using PreparedData data = PreparedData.Prepare(Spec(columns), Steps, 1);
        data.Report.Rows.ShouldBe(100);
        data.Report.Dropped.Sum(d => d.Rows).ShouldBe(10);
        data.Report.Dropped.ShouldAllBe(d => d.Step == "drop_missing");
        (data.Training.Count + data.Validation!.Count + data.Test!.Count).ShouldBe(90);
    }

    internal static DataSpec Spec(Column[] columns, SplitSpec? split = null) => new()
    {
        Source = new RowsSource(new MemoryRows(columns)),
        Target = ["label"],
        Split = split ?? new SplitSpec(),
    };

    /// <summary>age (a number, some missing), income, city (text), member, label.</summary>
    internal static Column[] Table(int rows)
    {
        var rng = new Rng(11, "table");
        int[] all = [.. Enumerable.Range(0, rows)];
        return
        [
            MemoryRows.Numbers("age", [.. all.Select(i => i % 7 == 3 ? null : (double?)Math.Round(40 + 12 * rng.Normal(i), 2))]),
            MemoryRows.Numbers("income", [.. all.Select(i => Math.Round(50_000 * rng.UniformDouble(1000 + i), 2))]),
            MemoryRows.Texts("city", [.. all.Select(i => new[] { "Bath", "Ashford", "Corby" }[i % 3])]),
            MemoryRows.Booleans("member", [.. all.Select(i => rng.UniformDouble(2000 + i) < 0.4)]),
            MemoryRows.Texts("label", [.. all.Select(i => rng.UniformDouble(3000 + i) < 0.5 ? "yes" : "no")]),
        ];
    }

    private static Dictionary<string, object?> Row(Column[] columns, int row) => columns.SkipLast(1).ToDictionary(c => c.Info.Name, c => c.IsMissing(row) ? null : c switch
    {
        Column<double> numbers => (object)numbers.Values[row],
        Column<bool> booleans => booleans.Values[row],
        _ => ((Column<string>)c).Values[row],
    });

    private static string Saved(DataSpec spec, PreprocessStep[] steps)
    {
        using PreparedData data = PreparedData.Prepare(spec, steps, 3);
        return Save(data.Pipeline);
    }

    internal static string Save(Pipeline pipeline)
    {
        var stream = new MemoryStream();
        pipeline.Save(stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    internal static IEnumerable<(float[] Input, byte[] Target)> All(SampleSet set)
    {
        for (long i = 0; i < set.Count; i++)
        {
            float[] input = new float[set.Input.Shape.Count];
            byte[] target = new byte[set.Target?.Bytes ?? 0];
            set.Read(i, 0, MemoryMarshal.AsBytes(input.AsSpan()), target);
            yield return (input, target);
        }
    }
}
