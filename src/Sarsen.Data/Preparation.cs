using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;

namespace Sarsen.Data;

/// <summary>The way from sources to <see cref="PreparedData"/>: open, split, fit on the training part, encode each part.</summary>
internal sealed class Preparation
{
    private readonly DataSpec _spec;
    private readonly IReadOnlyList<PreprocessStep> _steps;
    private readonly ulong _seed;
    private readonly PrepareOptions _options;
    private readonly CancellationToken _stop;
    private readonly long _memory;
    private readonly StepInput _input;
    private readonly List<(string Name, IRowSource Rows)> _opened = [];

    public Preparation(DataSpec spec, IReadOnlyList<PreprocessStep> steps, ulong seed, PrepareOptions options, CancellationToken stop)
    {
        (_spec, _steps, _seed, _options, _stop) = (spec, steps, seed, options, stop);
        _memory = options.MemoryBytes ?? SampleBudget.Default();
        ArgumentOutOfRangeException.ThrowIfNegative(_memory, nameof(options));
        SettingsCheck.Check(spec.Split, "split");
        IRowSource opened = spec.Source.Open(options.Sources);
        _opened.Add(("source", opened));
        Schema = opened.Schema;
        _input = RowRoles.Of(spec, opened.Schema, steps.Any(s => s is WindowStep));
        // Half for the rows while steps are fitted, so that together with the samples they stay near the budget.
        Source = HeldRows.Of(opened, _memory / 2, stop);
    }

    public Schema Schema { get; }

    private IRowSource Source { get; }

    public SplitAssignment Split()
    {
        var splitter = new RowSplitter(_spec.Split, _spec.Validation is null, _spec.Test is null, _seed, _stop);
        SplitAssignment parts = splitter.Split(Source, _spec.Target is [var only] ? only : null);
        if (!splitter.IsOrdered && _steps.FirstOrDefault(s => s is WindowStep) is { } window)
            throw new DataException($"{window.Word}: sequences are made of consecutive rows, but the rows are not in the order of '{_spec.Split.OrderBy}'; sort the file by it");
        return parts;
    }

    public IEnumerable<SplitAssignment> Folds(int folds, bool stratify)
    {
        if (_spec.Validation is not null)
            throw new DataException("folds: a cross-validation validates on its folds; take data.validation out, or do not cross-validate");
        if (_spec.Split.OrderBy is { } order)
            throw new DataException($"folds: most folds would be validated on rows older than some they train on, which 'order_by: {order}' is there to avoid; split by it without cross-validation");
        if (_spec.Split.GroupBy is not null && stratify)
            throw new DataException("folds: whole groups do not have the classes in the same proportions; stratify the folds, or keep groups together, not both");
        SplitAssignment parts = Split();
        long[] rows = [.. Range(parts.Count).Where(row => parts[row] is Part.Training or Part.Validation)];
        IReadOnlyList<Fold> made = _spec.Split.GroupBy is { } group ? Splits.Folds.GroupKFold(NumbersOf(group, rows), folds)
            : stratify ? Splits.Folds.StratifiedKFold(NumbersOf(OneTarget(), rows), folds, _seed)
            : Splits.Folds.KFold(rows.Length, folds, _seed);
        foreach (Fold fold in made)
        {
            foreach (long i in fold.Training)
                parts.Set(rows[i], Part.Training);
            foreach (long i in fold.HeldOut)
                parts.Set(rows[i], Part.Validation);
            yield return parts;
        }
    }

    public PreparedData Run(SplitAssignment parts)
    {
        var sources = new Dictionary<Part, IRowSource>
        {
            [Part.Training] = Own("training", new PartRows(Source, parts, Part.Training)),
        };
        Add(sources, parts, Part.Validation, _spec.Validation, _spec.Split.Validation);
        Add(sources, parts, Part.Test, _spec.Test, _spec.Split.Test);
        if (parts.CountOf(Part.Training) == 0)
            throw new DataException(parts.Count == 0
                ? "training: the source has no row"
                : $"training: the split gives it none of {parts.Count} rows; check the split");

        IEnumerable<RowBlock> Read() => sources[Part.Training].Read(_stop);
        (StepChain chain, IReadOnlyList<LearnedStep> learned) = StepChain.Fit(_input, _steps, Read);
        TargetInfo target = TargetEncoder.Find(chain.Output, _options.Target, _spec.Classes,
            () => chain.Stream(Read(), new Passage(Part.Training, []), chain.Transforms.Count));
        var pipeline = new Pipeline(_input, learned, target, [.. Schema.Columns.Select(c => c.Name).Where(n => _input.Schema.IndexOf(n) < 0)]);

        var writer = new SampleSetWriter(pipeline, _seed, new SampleBudget(_memory, _options.CacheFolder));
        var sets = new Dictionary<Part, SampleSet>();
        try
        {
            foreach ((Part part, IRowSource rows) in sources)
                sets.Add(part, writer.Write(part, rows.Read(_stop)));
        }
        catch
        {
            foreach (SampleSet set in sets.Values)
                set.Dispose();
            throw;
        }
        return new PreparedData(Schema, pipeline, sets, new PrepareReport(parts.Count, writer.Dropped,
            [.. _opened.Select(s => new SourceRows(s.Name, s.Rows.BadRows))]));
    }

    private void Add(Dictionary<Part, IRowSource> sources, SplitAssignment parts, Part part, Sources.DataSource? own, double share)
    {
        if (own is not null)
        {
            IRowSource rows = own.Open(_options.Sources.For(part.Name()));
            _opened.RemoveAll(s => s.Name == part.Name());
            _opened.Add((part.Name(), rows));
            sources.Add(part, Own(part.Name(), rows));
        }
        else if (parts.CountOf(part) > 0)
            sources.Add(part, Own(part.Name(), new PartRows(Source, parts, part)));
        else if (share > 0 && _spec.Split.Column is null)
            throw new DataException(FormattableString.Invariant($"{part.Name()}: its part {share} of {parts.Count} rows is none; give more rows, a larger part, or 'split.{part.Name()}: 0'"));
    }

    private SelectedRows Own(string what, IRowSource rows) => new(what, rows, _input.Schema);

    private string OneTarget() => _spec.Target is [var target]
        ? target
        : throw new DataException("folds: 'stratify' needs one target column, whose classes it keeps in proportion; name it, or do not stratify");

    // Labels to numbers, in order of appearance, for the rows that are folded.
    private int[] NumbersOf(string name, long[] rows)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] labels = new int[rows.Length];
        long row = 0;
        int next = 0;
        foreach (RowBlock block in Source.Read(_stop))
        {
            Column column = block[name];
            for (int i = 0; i < block.Count && next < rows.Length; i++, row++)
            {
                if (row != rows[next])
                    continue;
                string label = column.IsMissing(i) ? "" : ColumnValues.Label(column, i);
                numbers.TryAdd(label, numbers.Count);
                labels[next++] = numbers[label];
            }
        }
        return labels;
    }

    private static IEnumerable<long> Range(long count)
    {
        for (long i = 0; i < count; i++)
            yield return i;
    }
}
