using System.Buffers;
using System.Text.Json;
using Sarsen.Data.Batches;
using Sarsen.Data.Corpora;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;
using Sarsen.Formats;

namespace Sarsen.Data.Preprocessing;

/// <summary>
/// The fitted steps of a model, from raw columns to the tensor it reads, with what it predicts: what is stored with the
/// model, and the very same transform at training and at prediction. Immutable; safe for any number of threads.
/// </summary>
public sealed class Pipeline
{
    private readonly RowReader _reader;

    /// <summary>Binds steps that are fitted.</summary>
    /// <param name="input">The raw columns of the training rows.</param>
    /// <param name="steps">The steps with what they learned.</param>
    /// <param name="target">What is predicted.</param>
    /// <param name="otherColumns">Columns of the raw data that are neither features nor targets; rows may have them.</param>
    /// <exception cref="DataException">The steps do not fit the columns.</exception>
    internal Pipeline(StepInput input, IReadOnlyList<LearnedStep> steps, TargetInfo target, IReadOnlyList<string> otherColumns)
    {
        (Steps, Target, OtherColumns) = (steps, target, otherColumns);
        Training = new StepChain(input, steps);
        Prediction = new StepChain(input with { Schema = new Schema([.. input.Features]) }, steps);
        Encoder = new SampleEncoder(Prediction);
        if (new SampleEncoder(Training).Tail.Input != Encoder.Tail.Input)
            throw new InvalidOperationException("the steps give one input at training and another at prediction");
        Fields = [.. input.Features.Select(Field)];
        RowsPerSample = Prediction.Transforms.Aggregate(1, (rows, t) => checked(rows + t.RowsNeeded - 1));
        _reader = new RowReader(Fields, otherColumns.Concat(input.TargetsOnly).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>The fields of a raw row, in order.</summary>
    public IReadOnlyList<FieldInfo> Fields { get; }

    /// <summary>What one sample is encoded to.</summary>
    public SampleLayout Input => Encoder.Tail.Input;

    /// <summary>Names of the elements of a feature vector; empty for pictures, sequences and token ids.</summary>
    public IReadOnlyList<string> FeatureNames => Encoder.FeatureNames;

    /// <summary>Where the input is token ids: how many there are; else null.</summary>
    public int? VocabularySize => Encoder.Ids;

    /// <summary>Where samples are windows of tokens: how texts become tokens; else null.</summary>
    public TrainedTokenizer? Tokenizer => Windows?.Tokenizer;

    public TargetInfo Target { get; }

    /// <summary>Rows that one sample is made of: 1, or the length of a window.</summary>
    public int RowsPerSample { get; }

    private (TokenWindowsStep Step, TrainedTokenizer Tokenizer)? Windows =>
        Steps is [{ Step: TokenWindowsStep step, State: TrainedTokenizer state }] ? (step, state) : null;

    internal IReadOnlyList<LearnedStep> Steps { get; }

    internal IReadOnlyList<string> OtherColumns { get; }

    internal StepChain Training { get; }

    internal StepChain Prediction { get; }

    internal SampleEncoder Encoder { get; }

    /// <summary>Samples that <paramref name="rows"/> rows give: rows - RowsPerSample + 1.</summary>
    /// <exception cref="DataException">Too few rows.</exception>
    public int SamplesOf(int rows) => rows >= RowsPerSample || rows == 0 && RowsPerSample == 1
        ? rows - RowsPerSample + 1
        : throw new DataException($"rows: one sample is made of {RowsPerSample} rows, in order; found {rows}");

    /// <summary>Encodes raw rows: an object of field names and values, or an array of such objects.</summary>
    /// <param name="rows">The row or rows.</param>
    /// <param name="into">At least <see cref="SamplesOf"/> times Input.Bytes bytes.</param>
    /// <returns>The number of samples written.</returns>
    /// <exception cref="FieldException">A field is missing, unknown, of another type or out of range.</exception>
    /// <exception cref="DataException">It is no row and no array of rows, or too few of them.</exception>
    /// <exception cref="ArgumentException"><paramref name="into"/> is too short; nothing was read.</exception>
    public int Encode(JsonElement rows, Span<byte> into)
    {
        // Before anything is allocated: many short rows may stand for many large pictures.
        _ = SamplesFor(RowReader.Count(rows), into);
        return EncodeFields(_reader.Read(rows), into);
    }

    /// <inheritdoc cref="Encode(JsonElement, Span{byte})"/>
    /// <param name="rows">Rows of a source; columns that are no fields are passed over, as are rows with no part in a sample.</param>
    /// <param name="into">As above.</param>
    public int Encode(RowBlock rows, Span<byte> into)
    {
        Schema schema = Prediction.Input.Schema;
        var columns = new Column[schema.Columns.Count];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = ColumnOf(rows, Fields[i]);
        return EncodeFields(rows.With(schema, columns), into);
    }

    /// <summary>Labelled rows as samples, to measure a model on: fields and targets go through the fitted steps as those of a test part.</summary>
    /// <param name="rows">Rows with the fields and the target columns.</param>
    /// <param name="options">Null: defaults.</param>
    /// <param name="stop">Cancels between blocks of rows.</param>
    /// <exception cref="DataException">A column is missing, or a value cannot be what the model reads or predicts.</exception>
    public SampleSet Samples(IRowSource rows, PrepareOptions? options = null, CancellationToken stop = default)
    {
        var own = new SelectedRows("data", rows, Training.Input.Schema);
        long memory = options?.MemoryBytes ?? SampleBudget.Default();
        if (Windows is { } windows)
        {
            CorpusTexts texts = CorpusTexts.Read("data", own, Fields[0].Column.Name, memory / 2, stop);
            return new CorpusTokens(windows.Step, windows.Tokenizer.Read(), seed: 0).Windows("data", texts, draws: false, memory, stop);
        }
        var budget = new SampleBudget(memory, options?.CacheFolder);
        return new SampleSetWriter(this, seed: 0, budget).Write(Part.Test, own.Read(stop));
    }

    /// <summary>Turns predicted values back into the target columns' units, in place: undoes scaling and logarithms. (samples, k).</summary>
    /// <exception cref="ArgumentException">The values are no multiple of the target columns.</exception>
    public void Decode(Span<float> values)
    {
        if (Target.Kind != TargetKind.Values)
            return;
        int width = Target.Columns.Count;
        if (values.Length % width != 0)
            throw new ArgumentException($"{values.Length} values are no multiple of {width} target columns", nameof(values));
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i];
            for (int step = Training.Transforms.Count - 1; step >= 0; step--)
                value = Training.Transforms[step].Undo(Target.Columns[i % width], value);
            values[i] = (float)value;
        }
    }

    /// <summary>Writes the pipeline as JSON, UTF-8.</summary>
    public void Save(Stream stream) => PipelineFile.Write(this, stream);

    /// <exception cref="DataException">It is no pipeline, or one of a later version.</exception>
    public static Pipeline Load(Stream stream) => PipelineFile.Read(stream);

    private int EncodeFields(RowBlock rows, Span<byte> into)
    {
        int samples = SamplesFor(rows.Count, into);
        if (samples == 0)
            return 0;
        rows = Prediction.Apply(rows, Encoder.Head);
        SampleTail tail = Encoder.Tail;
        int width = (int)Input.Bytes, stored = checked((int)tail.Stored.Bytes);
        if (tail.IsEmpty)
        {
            Encoder.Write(rows, into, width);
            return samples;
        }
        byte[] records = ArrayPool<byte>.Shared.Rent(checked(samples * stored));
        Encoder.Write(rows, records, stored);
        for (int i = 0; i < samples; i++)
            tail.Run(records.AsSpan(i * stored, stored), into.Slice(i * width, width), null);
        ArrayPool<byte>.Shared.Return(records);
        return samples;
    }

    private int SamplesFor(int rows, ReadOnlySpan<byte> into)
    {
        int samples = SamplesOf(rows);
        long bytes = samples * Input.Bytes;
        return into.Length >= bytes ? samples : throw new ArgumentException($"{samples} samples take {bytes} bytes, {into.Length} given", nameof(into));
    }

    private static Column ColumnOf(RowBlock rows, FieldInfo field)
    {
        ColumnInfo wanted = field.Column;
        if (rows.Schema.IndexOf(wanted.Name) is not (>= 0 and var index))
        {
            string near = Suggestion.Nearest(wanted.Name, rows.Schema.Columns.Select(c => c.Name)) is { } other ? $"; is it the column '{other}'?" : "";
            throw new DataException($"rows: there is no column '{wanted.Name}', which the model reads{near}");
        }
        Column found = rows.Columns[index];
        if (!SelectedRows.Fits(found.Info, wanted))
            throw new DataException($"rows: column '{wanted.Name}' is {StepInput.Described(found.Info)}, but the model was trained with {StepInput.Described(wanted)}; give the column's type in the source");
        for (int row = 0; field.Required && row < found.Count; row++)
        {
            if (found.IsMissing(row))
                throw new FieldException($"rows: '{wanted.Name}' of row {rows.NumberOf(row)} is missing; give it (a model whose steps have an 'impute' for it takes rows without)", wanted.Name, rows.NumberOf(row));
        }
        return SelectedRows.Widen(found, wanted);
    }

    private FieldInfo Field(ColumnInfo column) => new(column,
        !Prediction.Transforms.Any(t => t.Fills(column.Name)),
        Prediction.Transforms.Select(t => t.CategoriesOf(column.Name)).FirstOrDefault(c => c is not null));
}
