using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Sources;
using Sarsen.Data.Tables;
using Sarsen.Models;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Spec;

// Stand-ins for what the rooms of data and models pass to the binder.

public abstract record LayerSample : LayerSpec
{
    public override void Build(NetworkBuilder builder) => throw new NotSupportedException("a sample that is only bound");
}

[Description("A convolution.")]
public sealed record ConvSample : LayerSample
{
    [Description("Filters."), Range(1, 65536)]
    public required int Filters { get; init; }

    [Description("Kernel, square or (H, W)."), Length(1, 2), Range(1, 1024)]
    public IReadOnlyList<int> Kernel { get; init; } = [3];

    public PaddingSample Padding { get; init; } = PaddingSample.Valid;

    public string? Activation { get; init; }

    public DilationSample? Dilation { get; init; }
}

/// <summary>A value with a form of its own: <c>3x5</c>.</summary>
public readonly record struct DilationSample(int Height, int Width) : IParsable<DilationSample>
{
    public static DilationSample Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out DilationSample value) ? value : throw new FormatException("expected a dilation such as 3x5");

    public static bool TryParse(string? s, IFormatProvider? provider, out DilationSample result)
    {
        string[] parts = (s ?? "").Split('x');
        result = default;
        if (parts.Length != 2 || !int.TryParse(parts[0], out int height) || !int.TryParse(parts[1], out int width))
            return false;
        result = new DilationSample(height, width);
        return true;
    }

    public override string ToString() => $"{Height}x{Width}";
}

public enum PaddingSample
{
    Valid,
    Same,
}

[DefaultProperty(nameof(Size))]
public sealed record PoolSample : LayerSample
{
    [Range(1, 1024)]
    public int Size { get; init; } = 2;

    public int? Stride { get; init; }
}

public sealed record FlattenSample : LayerSample;

[DefaultProperty(nameof(OutFeatures))]
public sealed record LinearSample : LayerSample
{
    [Range(1, int.MaxValue)]
    public required int OutFeatures { get; init; }

    public bool Bias { get; init; } = true;

    [Range(0.0, 1.0)]
    public float Dropout { get; init; }
}

[DefaultProperty(nameof(Layers))]
public sealed record ResidualSample : LayerSample
{
    [MinLength(1)]
    public required IReadOnlyList<LayerSpec> Layers { get; init; }
}

[DefaultProperty(nameof(Path))]
public sealed record CsvSample : DataSource
{
    [DataType("path")]
    public required string Path { get; init; }

    public bool Header { get; init; } = true;

    public IReadOnlyDictionary<string, PaddingSample> Types { get; init; } = new Dictionary<string, PaddingSample>();

    public override IRowSource Open(SourceContext context) => throw new NotSupportedException("a sample that is only bound");

    public override IReadOnlyList<string> Files() => [Path];
}

internal static class SampleRooms
{
    public static ChoiceSets Sets { get; } = RunSpec.Sets(
        new ChoiceSet("layer", typeof(LayerSpec),
            new Choice("conv2d", typeof(ConvSample)),
            new Choice("max_pool2d", typeof(PoolSample)),
            new Choice("flatten", typeof(FlattenSample)),
            new Choice("linear", typeof(LinearSample), "dense"),
            new Choice("residual", typeof(ResidualSample))),
        new ChoiceSet("source", typeof(DataSource), new Choice("csv", typeof(CsvSample))),
        new ChoiceSet("step", typeof(PreprocessStep), new Choice("scale", typeof(StandardScaleStep))),
        new ChoiceSet("preset", typeof(PresetSpec)));

    private static readonly SpecBinder Binder = new(Sets);

    public const string Digits = """
        name: digits-cnn
        seed: 1
        data:
          source: {csv: {path: digits.csv.gz, header: false}}
          target: label
          split: {train: 0.7, validation: 0.1, test: 0.2, stratify: true}
        preprocess:
          - scale
        model:
          layers:
            - conv2d: {filters: 32, kernel: 3, activation: relu, padding: same}
            - max_pool2d: 2
            - conv2d:
                filters: 64
            - max_pool2d:
            - flatten
            - residual: [dense: 64]
            - dense: 10
        train:
          loss: sparse_categorical_crossentropy
          optimizer: {adam: {lr: 1e-3}}
          schedule: constant
          batch_size: 32
          epochs: 20
          early_stopping: {metric: validation_loss, patience: 5}
          checkpoints: {every_epochs: 1, keep: 2, every_time: 1h30m}
        metrics: [accuracy, f1_macro, {top_k_accuracy: 3}]

        """;

    public static RunSpec Bind(string yaml, params string[] overrides) =>
        Binder.Bind<RunSpec>(new SpecText("run.yaml", yaml), overrides);

    public static IReadOnlyList<SpecError> Errors(string yaml, params string[] overrides) =>
        Should.Throw<SpecException>(() => Bind(yaml, overrides)).Errors;
}
