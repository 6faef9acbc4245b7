using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Corpora;

/// <summary>
/// The way from texts to <see cref="PreparedData"/> of a language model: read in their order, cut into parts that follow one
/// another, learn the tokens from the training part, put each part into tokens.
/// </summary>
internal sealed class CorpusPreparation(DataSpec spec, IReadOnlyList<PreprocessStep> steps, ulong seed, PrepareOptions options, CancellationToken stop)
{
    private readonly long _memory = options.MemoryBytes ?? SampleBudget.Default();

    /// <summary>Do these steps make windows of tokens.</summary>
    public static bool IsFor(IReadOnlyList<PreprocessStep> steps) => steps.Any(step => step is TokenWindowsStep);

    public PreparedData Run()
    {
        if (steps is not [TokenWindowsStep step])
            throw new DataException($"preprocess: token_windows makes samples of whole texts, so no other step can stand beside it; found {string.Join(", ", steps.Select(s => s.Word))}");
        SettingsCheck.Check(step, step.Word);
        SettingsCheck.Check(spec.Split, "split");
        if (spec.Split is { Stratify: true } or { GroupBy: not null } or { OrderBy: not null } or { Column: not null })
            throw new DataException("split: the parts of a text follow one another, training first; give train, validation and test alone, or sources of their own for validation and test");

        IRowSource source = spec.Source.Open(options.Sources);
        StepInput input = RowRoles.Of(spec, source.Schema, sequences: false);
        string column = OneText(input);
        var opened = new List<(string Name, IRowSource Rows)> { ("source", source) };
        CorpusTexts all = CorpusTexts.Read("source", source, column, _memory / 2, stop);
        Dictionary<Part, CorpusTexts> parts = Cut(all);
        AddOwn(parts, opened, Part.Validation, spec.Validation, column);
        AddOwn(parts, opened, Part.Test, spec.Test, column);

        TrainedTokenizer tokenizer = step.Train(parts[Part.Training].Texts);
        var pipeline = new Pipeline(input, [new LearnedStep(step, tokenizer)], new TargetInfo(TargetKind.None, [], []), [.. source.Schema.Columns.Select(c => c.Name).Where(n => n != column)]);
        var tokens = new CorpusTokens(step, tokenizer.Read(), seed);
        var sets = parts.ToDictionary(p => p.Key, SampleSet (p) => tokens.Windows(p.Key.Name(), p.Value, draws: p.Key == Part.Training, _memory, stop));
        return new PreparedData(source.Schema, pipeline, sets, new PrepareReport(all.Texts.Count, [], [.. opened.Select(s => new SourceRows(s.Name, s.Rows.BadRows))]));
    }

    private static string OneText(StepInput input)
    {
        ColumnInfo[] features = [.. input.Features];
        if (input.Targets.Count > 0)
            throw new DataException($"data: the target of a text is the text itself, so token_windows takes none; found {string.Join(", ", input.Targets)}");
        return features is [{ Type: ColumnType.Text, Name: var name }]
            ? name
            : throw new DataException($"token_windows: one column of text is expected, found {(features.Length == 0 ? "none" : string.Join(", ", features.Select(c => $"'{c.Name}' ({StepInput.Described(c)})")))}; name it in 'features'");
    }

    // What a source of its own replaces belongs to the training part.
    private Dictionary<Part, CorpusTexts> Cut(CorpusTexts all)
    {
        double validation = spec.Validation is null ? spec.Split.Validation : 0, test = spec.Test is null ? spec.Split.Test : 0;
        long trained = (long)((1 - validation - test) * all.Length), validated = test > 0 ? (long)((1 - test) * all.Length) : all.Length;
        var parts = new Dictionary<Part, CorpusTexts> { [Part.Training] = all.Stretch(0, trained) };
        if (validation > 0)
            parts.Add(Part.Validation, all.Stretch(trained, validated));
        if (test > 0)
            parts.Add(Part.Test, all.Stretch(validated, all.Length));
        return parts;
    }

    private void AddOwn(Dictionary<Part, CorpusTexts> parts, List<(string, IRowSource)> opened, Part part, Sources.DataSource? own, string column)
    {
        if (own is null)
            return;
        IRowSource rows = own.Open(options.Sources.For(part.Name()));
        opened.Add((part.Name(), rows));
        parts.Add(part, CorpusTexts.Read(part.Name(), new SelectedRows(part.Name(), rows, new Schema(new ColumnInfo(column, ColumnType.Text))), column, _memory / 2, stop));
    }
}
