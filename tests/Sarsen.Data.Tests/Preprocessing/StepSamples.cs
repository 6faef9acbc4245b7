using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;
using Sarsen.Tensors;
using Sarsen.Text.Vocabularies;

namespace Sarsen.Data.Tests.Preprocessing;

/// <summary>Lists of steps that work on <see cref="Spec"/> and have every step of the catalogue among them.</summary>
internal static class StepSamples
{
    public static DataSpec Spec { get; } = PreparedDataTests.Spec(
    [
        MemoryRows.Numbers("x", [.. Enumerable.Range(0, 40).Select(i => i % 9 == 4 ? null : (double?)i / 8 + 0.25)]),
        MemoryRows.Integers("n", [.. Enumerable.Range(0, 40).Select(i => (long)(i * i % 11 + 1))]),
        MemoryRows.Texts("colour", [.. Enumerable.Range(0, 40).Select(i => i % 3 == 0 ? "red one" : "green other")]),
        MemoryRows.Arrays("picture", new Shape(1, 4, 4), [.. Enumerable.Range(0, 640).Select(i => (byte)(i % 256))]),
        MemoryRows.Texts("label", [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? "even" : "odd")]),
    ], new SplitSpec { Train = 1, Validation = 0, Test = 0 });

    public static IReadOnlyList<PreprocessStep[]> Lists { get; } =
    [
        [
            new DropColumnsStep { Columns = ["picture"] },
            new DropDuplicatesStep(),
            new ImputeStep { Columns = ["x"], Strategy = ImputeStrategy.Median },
            new DropMissingStep(),
            new DropOutliersStep { Method = OutlierMethod.Iqr },
            new CastStep { Columns = ["n"], To = ScalarType.Number },
            new LogStep { Columns = ["n"] },
            new OneHotStep { Unknown = UnknownCategory.Token },
            new StandardScaleStep { Columns = ["x"] },
            new MinMaxScaleStep { Columns = ["n"] },
        ],
        [
            new DropColumnsStep { Columns = ["picture", "x"] },
            new OrdinalStep { Categories = new Dictionary<string, IReadOnlyList<string>> { ["colour"] = ["red one", "green other"] } },
            new WindowStep { Length = 5 },
        ],
        [
            new DropColumnsStep { Columns = ["picture", "x", "n"] },
            new TokenizeStep { Length = 6, Unit = TextUnit.Character },
        ],
        [
            new DropColumnsStep { Columns = ["x", "n", "colour"] },
            new PadStep { Amount = 2 },
            new ResizeStep { Height = 6, Width = 7 },
            new CenterCropStep { Height = 5, Width = 6 },
            new RandomCropStep { Height = 3, Width = 3, Padding = 1 },
            new RandomFlipStep(),
            new NormalizeStep { DivideBy = 16, Mean = [0.5] },
        ],
        [
            new DropColumnsStep { Columns = ["picture", "x", "colour"] },
            new ReshapeStep { Shape = [1, 1, 1], Name = "pixel" },
        ],
        [
            new TokenWindowsStep { ContextLength = 7 },
        ],
    ];

    /// <summary><see cref="Spec"/>, or its texts alone for steps that take nothing else.</summary>
    public static DataSpec SpecOf(PreprocessStep[] steps) => steps is [TokenWindowsStep] ? Spec with { Target = [], Features = ["colour"] } : Spec;

    public static IEnumerable<PreprocessStep> All => Lists.SelectMany(l => l);
}
