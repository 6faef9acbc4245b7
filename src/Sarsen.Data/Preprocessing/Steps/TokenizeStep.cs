using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Sarsen.Data.Tables;
using Sarsen.Tensors;
using Sarsen.Text.Vocabularies;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// Text as ids of one length, I64 (length): 0 is padding, 1 unknown, then the tokens of the training rows, most frequent
/// first (by bytes: 2 + the byte). A missing text is refused: impute it first; an empty one is all padding.
/// </summary>
[Description("Text as token ids of one length.")]
[DefaultProperty(nameof(Length))]
public sealed record TokenizeStep : FittedStep<IReadOnlyList<ColumnTokens>>
{
    // Distinct tokens that are counted at once: some hundreds of megabytes.
    private const int MostDistinct = 1 << 22;

    [Description("The columns; nothing: all features that are text.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("What a text is cut into.")]
    public TextUnit Unit { get; init; } = TextUnit.Word;

    [Description("Ids of one text."), Range(1, 1 << 20)]
    public int Length { get; init; } = 128;

    [Description("Most ids there are, padding and unknown among them; bytes have 258."), Range(3, 1 << 24)]
    public int VocabularySize { get; init; } = 20_000;

    [Description("Tokens that the training rows have less often are unknown."), Range(1, int.MaxValue)]
    public int MinFrequency { get; init; } = 1;

    [Description("Put texts in lower case first.")]
    public bool Lowercase { get; init; } = true;

    [Description("Where padding goes.")]
    public TextEnd Padding { get; init; } = TextEnd.Back;

    [Description("Where a text that is too long is cut.")]
    public TextEnd Truncation { get; init; } = TextEnd.Back;

    internal override IReadOnlyList<ColumnTokens> Fit(TrainingRows rows)
    {
        IReadOnlyList<ColumnInfo> columns = rows.Input.Select(this, Columns, c => c.Type == ColumnType.Text, "text");
        if (Unit == TextUnit.Byte)
            return [.. columns.Select(c => new ColumnTokens(c.Name, []))];
        VocabularyBuilder[] builders = [.. columns.Select(_ => new VocabularyBuilder(Unit, Lowercase))];
        foreach (RowBlock block in rows.Read())
        {
            for (int c = 0; c < builders.Length; c++)
                Count(block[columns[c].Name], builders[c]);
        }
        return [.. columns.Select((c, i) => new ColumnTokens(c.Name, builders[i].Build(VocabularySize, MinFrequency).Tokens))];
    }

    internal override Transform Bind(StepInput input, IReadOnlyList<ColumnTokens> state) => new ColumnTransform(Word, input,
        from tokens in state
        let column = input.Find(Word, tokens.Column)
        where column is not null
        select Change(column, new Vocabulary(Unit, Lowercase, tokens.Tokens)));

    private void Count(Column column, VocabularyBuilder builder)
    {
        string[] texts = ((Column<string>)column).Values;
        for (int row = 0; row < texts.Length; row++)
        {
            if (!column.IsMissing(row))
                builder.Add(texts[row]);
        }
        if (builder.Distinct > MostDistinct)
            throw new DataException($"{Word}: '{column.Info.Name}' has more than {MostDistinct} distinct tokens; use 'unit: character' or 'unit: byte'");
    }

    private ColumnChange Change(ColumnInfo input, Vocabulary vocabulary)
    {
        var output = new ColumnInfo(input.Name, ColumnType.Array, new Shape(Length), DType.I64);
        return new ColumnChange(input, output, (column, rows) =>
        {
            byte[] bytes = new byte[checked(column.Count * Length * sizeof(long))];
            Span<long> ids = MemoryMarshal.Cast<byte, long>(bytes.AsSpan());
            string[] texts = ((Column<string>)column).Values;
            for (int row = 0; row < column.Count; row++)
            {
                if (column.IsMissing(row))
                    throw ColumnValues.Missing(Word, column, rows, row);
                Encode(vocabulary, texts[row], ids.Slice(row * Length, Length));
            }
            return new ArrayColumn(output, bytes, column.Count);
        })
        { Ids = vocabulary.Size };
    }

    private void Encode(Vocabulary vocabulary, string text, Span<long> ids)
    {
        int count = vocabulary.Encode(text, ids, last: Truncation == TextEnd.Front);
        if (Padding == TextEnd.Front && count < ids.Length)
        {
            ids[..count].CopyTo(ids[^count..]);
            ids[..^count].Fill(Vocabulary.Padding);
        }
    }
}

/// <summary>An end of a text.</summary>
public enum TextEnd
{
    Back,
    Front,
}

/// <param name="Column">The column.</param>
/// <param name="Tokens">Its tokens; the first has id 2.</param>
public sealed record ColumnTokens(string Column, IReadOnlyList<string> Tokens);
