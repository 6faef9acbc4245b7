using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Sources;
using Sarsen.Formats;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Spec;

/// <summary>One run, from data to metrics: what <c>spec.yaml</c> says.</summary>
[Description("A training run: data, preprocessing, model, training and evaluation.")]
public sealed record RunSpec : IValidatableObject
{
    [Description("What the run and its model are called.")]
    public string Name { get; init; } = "run";

    [Description("Every random choice follows from it: same seed, same weights.")]
    public ulong Seed { get; init; }

    [Description("Where the data comes from, what is predicted, how it is split.")]
    public required DataSpec Data { get; init; }

    [Description("Steps from raw columns to the model's inputs, in order; fitted on the training split only.")]
    public IReadOnlyList<PreprocessStep> Preprocess { get; init; } = [];

    [Description("The network.")]
    public required ModelSpec Model { get; init; }

    [Description("How it is trained.")]
    public required TrainSpec Train { get; init; }

    [Description("What is measured on the validation and test splits; empty: what is usual for the task.")]
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    [Description("Texts that a language model writes while it learns; nothing: none.")]
    public TextSamplesSpec? TextSamples { get; init; }

    [Description("Train on every fold but one in turn and report mean and deviation; nothing: one run.")]
    public CrossValidationSpec? CrossValidation { get; init; }

    [Description("Threads; 0: one for each core the process may use. The result does not depend on it."), Range(0, 4096)]
    public int Threads { get; init; }

    /// <summary>Every choice a run's spec may make: each room's catalogue.</summary>
    public static ChoiceSets Choices { get; } = Sets(
        ChoiceSet.Of("source", typeof(DataSource), SourceCatalogue.All),
        ChoiceSet.Of("step", typeof(PreprocessStep), StepCatalogue.All),
        ChoiceSet.Of("layer", typeof(LayerSpec), LayerCatalogue.All),
        ChoiceSet.Of("preset", typeof(PresetSpec), PresetCatalogue.All));

    private static readonly SpecBinder Binder = new(Choices);

    /// <summary>Reads a spec from a file.</summary>
    /// <param name="path">The YAML.</param>
    /// <param name="overrides">Settings that go before the file's: see <see cref="SpecBinder.Bind"/>.</param>
    /// <exception cref="SpecException">The spec has mistakes.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RunSpec Load(string path, params IEnumerable<string> overrides) => Binder.Load<RunSpec>(path, overrides);

    /// <summary>
    /// This spec as it would be read from a file in the current folder: with absolute paths, and checked by the same
    /// rules, which code that makes records does not ask.
    /// </summary>
    /// <exception cref="SpecException">It has mistakes.</exception>
    /// <exception cref="ArgumentException">It has a source that no file could name.</exception>
    public RunSpec Checked()
    {
        if (new[] { Data.Source, Data.Validation, Data.Test }.OfType<RowsSource>().Any())
            throw new ArgumentException("a run keeps its spec and reads its data again when it is resumed, which rows in memory do not allow: write them to a file, or prepare them with PreparedData and train with Trainer");
        return Binder.Bind<RunSpec>(new SpecText("the spec", SpecWriter.Write(this, Choices), Environment.CurrentDirectory));
    }

    /// <summary>The sets of this room and those of others.</summary>
    internal static ChoiceSets Sets(params IEnumerable<ChoiceSet> others) => new(
    [
        OptimizerSpec.Choices,
        ScheduleSpec.Choices,
        LossSpec.Choices,
        InitializerSpec.Choices,
        MetricCatalogue.Choices,
        .. others,
    ]);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Name.Length == 0 || Name.IndexOfAny(['/', '\\', '\0']) >= 0 || Name is "." or "..")
            yield return new ValidationResult($"'{Name}' cannot name a run: it is part of paths, so it needs letters and no slash", [nameof(Name)]);
        Metric? values = Metrics.FirstOrDefault(m => m is RegressionMetric), classes = Metrics.FirstOrDefault(m => m is ClassificationMetric);
        if (values is not null && classes is not null)
            yield return new ValidationResult($"{values.Name} measures values and {classes.Name} measures classes; a model predicts one of them, so keep the metrics of that", [nameof(Metrics)]);
        if (Metrics.GroupBy(m => m.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            yield return new ValidationResult($"the metric {twice.Key} stands twice; once is enough", [nameof(Metrics)]);
        if (TextSamples is not null && Train.Loss is not NextTokenLossSpec)
            yield return new ValidationResult("text_samples are written by a language model: let train.loss be next_token, or take text_samples out", [nameof(TextSamples)]);
        bool validates = CrossValidation is not null || Data.Validation is not null || Data.Split.Validation > 0 || Data.Split.Column is not null;
        foreach ((string member, string watched) in Watched())
        {
            if (WhyUnknown(watched, validates, Metrics) is { } why)
                yield return new ValidationResult($"'{watched}' cannot be watched: {why}", [member]);
        }
    }

    /// <summary>The values that the run watches, and where the spec names them.</summary>
    internal IEnumerable<(string Member, string Metric)> Watched()
    {
        if (Train.EarlyStopping is { } stopping)
            yield return ("Train.EarlyStopping.Metric", stopping.Metric);
        if (Train.Schedule is ReduceOnPlateauSpec plateau)
            yield return ("Train.Schedule", plateau.Metric);
    }

    /// <param name="watched">A name.</param>
    /// <param name="validates">Is there a validation split.</param>
    /// <param name="metrics">What is measured on it; empty: not known yet.</param>
    internal static string? WhyUnknown(string watched, bool validates, IReadOnlyList<Metric> metrics)
    {
        if (watched == "train_loss")
            return null;
        const string prefix = "validation_";
        if (!watched.StartsWith(prefix, StringComparison.Ordinal))
            return "expected train_loss, validation_loss or validation_ and the name of a metric";
        if (!validates)
            return "there is no validation split; give data.split.validation a part, or data.validation a source";
        string name = watched[prefix.Length..];
        string[] known = [.. metrics.Select(m => m.Name)];
        if (name == "loss" || known.Length == 0 || known.Contains(name))
            return null;
        string near = Suggestion.Nearest(name, known) is { } word ? $"; did you mean '{prefix}{word}'?" : "";
        return $"'{name}' is not among the metrics ({string.Join(", ", known)}){near}";
    }
}
