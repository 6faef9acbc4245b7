using System.Runtime.InteropServices;
using System.Text.Json;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;
using Sarsen.Testing;

namespace Sarsen.Data.Tests.Preprocessing;

/// <summary>Against scikit-learn: preprocessing_golden.py.</summary>
public class GoldenTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(
        Repository.PathOf("tests", "Sarsen.Data.Tests", "Preprocessing", "preprocessing_golden.json"))).RootElement;

    private static readonly string[] Names = ["a", "b", "c"];

    [Fact]
    public void Standard_scaling_is_that_of_StandardScaler() => ShouldScale("standard", new StandardScaleStep());

    [Fact]
    public void Min_max_scaling_is_that_of_MinMaxScaler()
    {
        ShouldScale("minmax", new MinMaxScaleStep());
        ShouldScale("minmax2", new MinMaxScaleStep { Low = -1, High = 2 });
        ShouldScale("clipped", new MinMaxScaleStep { Clip = true });
    }

    [Fact]
    public void Missing_values_are_filled_in_as_by_SimpleImputer()
    {
        double?[][] holes = Read<double?[][]>("holes");
        var rows = new MemoryRows(MemoryRows.Numbers("a", holes[0]), MemoryRows.Numbers("b", holes[1]));
        foreach ((string name, ImputeStrategy strategy) in new[] { ("mean", ImputeStrategy.Mean), ("median", ImputeStrategy.Median) })
        {
            RowBlock filled = new FittedSteps(rows, new ImputeStep { Strategy = strategy }).Stream(rows).Single();
            ShouldBe(FittedSteps.Numbers(filled, "a"), Read<double[][]>(name)[0]);
            ShouldBe(FittedSteps.Numbers(filled, "b"), Read<double[][]>(name)[1]);
        }
        var integers = new MemoryRows(MemoryRows.Numbers("a", Read<double?[]>("integer_holes")));
        RowBlock mode = new FittedSteps(integers, new ImputeStep { Strategy = ImputeStrategy.Mode }).Stream(integers).Single();
        ShouldBe(FittedSteps.Numbers(mode, "a"), Read<double[]>("mode"));
    }

    [Fact]
    public void Categories_are_those_of_OneHotEncoder_and_OrdinalEncoder()
    {
        var rows = new MemoryRows(MemoryRows.Texts("colour", Read<string[]>("colours")));
        Column asked = MemoryRows.Texts("colour", Read<string[]>("asked"));
        var fitted = new FittedSteps(rows, new OneHotStep { Unknown = UnknownCategory.Ignore });
        fitted.Chain.Transforms[0].ElementNames("colour").ShouldBe(Read<string[]>("categories").Select(c => $"colour={c}"));
        var hot = (ArrayColumn)fitted.Apply(asked)["colour"];
        MemoryMarshal.Cast<byte, float>(hot.Bytes).ToArray().ShouldBe(Read<float[][]>("onehot").SelectMany(r => r));
        var ordinal = new FittedSteps(rows, new OrdinalStep { Unknown = UnknownCategory.Ignore });
        FittedSteps.Numbers(ordinal.Apply(asked), "colour").ShouldBe(Read<double[]>("ordinal"));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(3)] // by counting digits of the sort key
    public void Quantiles_are_those_of_numpy(long mostHeld)
    {
        double[] column = Read<double[][]>("x")[0];
        var rows = new MemoryRows(MemoryRows.Numbers("a", column));
        var training = new TrainingRows(new StepInput(rows.Schema, [], []), () => rows.Read(default));
        double[] found = ColumnQuantiles.Of("test", training, rows.Schema.Columns, [0, 0.25, 0.5, 0.75, 0.9, 1], mostHeld)[0];
        ShouldBe(found, Read<double[]>("quantiles"));
    }

    [Fact]
    public void Logarithms_are_those_of_numpy()
    {
        Column column = MemoryRows.Numbers("a", Array.ConvertAll(Read<double[][]>("x")[0], Math.Abs));
        ShouldBe(FittedSteps.Numbers(new FittedSteps(new MemoryRows(column), new LogStep()).Apply(column), "a"), Read<double[]>("log"));
        ShouldBe(FittedSteps.Numbers(new FittedSteps(new MemoryRows(column), new LogStep { PlusOne = true }).Apply(column), "a"), Read<double[]>("log1p"));
    }

    [Fact]
    public void Folds_are_those_of_KFold_StratifiedKFold_and_GroupKFold()
    {
        foreach (JsonProperty golden in Golden.GetProperty("kfold").EnumerateObject())
        {
            int[] sizes = [.. golden.Name.Split('/').Select(int.Parse)];
            Folds.KFold(sizes[0], sizes[1]).Select(f => f.HeldOut).ShouldBe(golden.Value.Deserialize<long[][]>()!);
        }
        int[] groups = Read<int[]>("groups");
        foreach (JsonProperty golden in Golden.GetProperty("grouped").EnumerateObject())
            Folds.GroupKFold(groups, int.Parse(golden.Name)).Select(f => f.HeldOut).ShouldBe(golden.Value.Deserialize<long[][]>()!);
        int[] classes = Read<int[]>("classes");
        foreach (JsonProperty golden in Golden.GetProperty("stratified").EnumerateObject())
            Folds.StratifiedKFold(classes, int.Parse(golden.Name)).Select(f => f.HeldOut).ShouldBe(golden.Value.Deserialize<long[][]>()!);
    }

    private static void ShouldScale(string golden, PreprocessStep step)
    {
        var training = new MemoryRows([.. Read<double[][]>("x").Select((c, i) => MemoryRows.Numbers(Names[i], c))]);
        RowBlock scaled = new FittedSteps(training, step).Apply([.. Read<double[][]>("new").Select((c, i) => MemoryRows.Numbers(Names[i], c))]);
        for (int i = 0; i < Names.Length; i++)
            ShouldBe(FittedSteps.Numbers(scaled, Names[i]), Read<double[][]>(golden)[i]);
    }

    private static void ShouldBe(double[] found, double[] expected)
    {
        found.Length.ShouldBe(expected.Length);
        for (int i = 0; i < found.Length; i++)
            found[i].ShouldBe(expected[i], 1e-13 * Math.Max(1, Math.Abs(expected[i])));
    }

    private static T Read<T>(string name) => Golden.GetProperty(name).Deserialize<T>()!;
}
