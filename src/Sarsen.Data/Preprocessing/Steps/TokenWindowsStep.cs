using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Sarsen.Data.Tables;
using Sarsen.Tensors;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>What a language model reads texts as.</summary>
public enum TokenKind
{
    [Description("Each character of the training part is a token.")]
    Character,

    [Description("Byte-level BPE, learned from the training part.")]
    BytePair,
}

/// <summary>
/// Texts as one stream of tokens, of which samples are windows: ids I64 (T) to the ids that follow, I64 (T). It stands alone,
/// over one column of text; the parts of the data follow one another in the stream, training first. See
/// <see cref="Batches.TokenWindows"/> for what is drawn.
/// </summary>
[Description("Texts as one stream of tokens, cut into windows that predict their next tokens, for language models.")]
[DefaultProperty(nameof(ContextLength))]
public sealed record TokenWindowsStep : FittedStep<TrainedTokenizer>
{
    /// <summary>The token that ends a text.</summary>
    public const string EndOfTextToken = "<|endoftext|>";

    /// <summary>Where nothing is said: small models learn few tokens well.</summary>
    private const int UsualBytePairs = 4096;

    [Description("What a token is.")]
    public TokenKind Tokenizer { get; init; }

    [Description("Most tokens there are, special ones among them; nothing: every character, or 4096 byte pairs."), Range(2, 1 << 22)]
    public int? VocabularySize { get; init; }

    [Description("Tokens of a window."), Range(1, 1 << 20)]
    public int ContextLength { get; init; } = 256;

    [Description("Windows that an epoch draws; nothing: as many as are as long as the training part."), Range(1, 1L << 40)]
    public long? Windows { get; init; }

    [Description("Whether a token stands behind each text, by which a model learns to end.")]
    public bool EndOfText { get; init; } = true;

    internal override TrainedTokenizer Fit(TrainingRows rows) =>
        Train(rows.Read().SelectMany(block => ((Column<string>)block.Columns[0]).Values));

    /// <summary>Learns the tokens of texts.</summary>
    /// <exception cref="DataException">The vocabulary has no room for what must be in it.</exception>
    internal TrainedTokenizer Train(IEnumerable<string> texts)
    {
        string[] special = EndOfText ? [EndOfTextToken] : [];
        return new TrainedTokenizer(System.Text.Encoding.UTF8.GetString(Tokenizer == TokenKind.Character ? Characters(texts, special) : BytePairs(texts, special)));
    }

    internal override Transform Bind(StepInput input, TrainedTokenizer state) => new LastWindow(this, input, state.Read());

    private byte[] Characters(IEnumerable<string> texts, string[] special)
    {
        var trainer = new CharacterTrainer(special);
        foreach (string text in texts)
            trainer.Add(text);
        if (trainer.VocabularySize > VocabularySize)
            throw new DataException($"{Word}: the training part has {trainer.VocabularySize - 1 - special.Length} characters, with '{string.Join("' and '", special.Prepend(CharacterTrainer.Unknown))}' {trainer.VocabularySize} tokens, and the vocabulary has room for {VocabularySize}; make vocabulary_size larger, or use 'tokenizer: byte_pair'");
        return trainer.ToJson();
    }

    private byte[] BytePairs(IEnumerable<string> texts, string[] special)
    {
        int size = VocabularySize ?? UsualBytePairs, least = 256 + special.Length;
        if (size < least)
            throw new DataException($"{Word}: byte pairs begin with the 256 bytes, with special tokens {least}, and the vocabulary has room for {size}; make vocabulary_size {least} or more, or use 'tokenizer: character'");
        // A pair that is there once teaches nothing.
        var trainer = new BytePairTrainer(new BytePairTrainerOptions { VocabularySize = size, SpecialTokens = special, MinimumCount = 2 });
        foreach (string text in texts)
            trainer.Add(text);
        return trainer.Train().ToJson();
    }

    /// <summary>The last window of a text: what a prediction of its next token is made from.</summary>
    private sealed class LastWindow(TokenWindowsStep step, StepInput input, Tokenizer tokenizer)
        : Transform(new StepInput(new Schema(new ColumnInfo("tokens", ColumnType.Array, new Shape(step.ContextLength), DType.I64)), [], []))
    {
        public override int? IdsOf(string column) => tokenizer.VocabularySize;

        public override RowBlock Apply(RowBlock rows)
        {
            var texts = (Column<string>)rows[input.Schema.Columns[0].Name];
            byte[] bytes = new byte[checked(rows.Count * step.ContextLength * sizeof(long))];
            Span<long> ids = MemoryMarshal.Cast<byte, long>(bytes.AsSpan());
            for (int row = 0; row < rows.Count; row++)
            {
                if (texts.IsMissing(row))
                    throw ColumnValues.Missing(step.Word, texts, rows, row);
                int[] tokens = tokenizer.Encode(texts.Values[row]);
                if (tokens.Length < step.ContextLength)
                    throw new FieldException($"{step.Word}: '{texts.Info.Name}' of row {rows.NumberOf(row)} has {tokens.Length} tokens, a window {step.ContextLength}; give a longer text, or run the model on prompts of any length (sarsen run)", texts.Info.Name, rows.NumberOf(row));
                for (int i = 0; i < step.ContextLength; i++)
                    ids[row * step.ContextLength + i] = tokens[tokens.Length - step.ContextLength + i];
            }
            return rows.With(Output.Schema, [new ArrayColumn(Output.Schema.Columns[0], bytes, rows.Count)]);
        }
    }
}

/// <param name="Json">A tokenizer.json.</param>
public sealed record TrainedTokenizer(string Json)
{
    /// <exception cref="Formats.ModelFormatException">It is none.</exception>
    public Tokenizer Read() => TokenizerJson.Read(System.Text.Encoding.UTF8.GetBytes(Json), "tokenizer.json");
}
