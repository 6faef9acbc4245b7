using System.Text;
using Sarsen.Formats;
using Sarsen.Text.Tokenizers.Models;
using Sarsen.Text.Tokenizers.Normalizers;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// Reads <c>tokenizer.model</c>, the protobuf file of SentencePiece, with models Unigram and BPE. What stands around a text
/// is not in it: <see cref="EncodeOptions.AddSpecial"/> adds what the caller names. Source: <c>sentencepiece_model.proto</c>.
/// </summary>
public static class SentencePieceFile
{
    private const int MaxBytes = 256 << 20;
    private const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, ByteType = 6;
    private const int UnigramModelType = 1, BytePairModelType = 2;

    /// <param name="bytes">The file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="addBeginning">Whether the token of the beginning is added before a text; the model's makers decide.</param>
    /// <param name="addEnd">Whether the token of the end is added behind it.</param>
    /// <exception cref="ModelFormatException">The file is damaged, or its model is of another kind.</exception>
    public static Tokenizer Read(ReadOnlySpan<byte> bytes, string file, bool addBeginning = false, bool addEnd = false)
    {
        if (bytes.Length > MaxBytes)
            throw new ModelFormatException(file, 0, $"the file has {bytes.Length} bytes, at most {MaxBytes} are read");
        var texts = new List<string>();
        var scores = new List<float>();
        var types = new List<int>();
        SentencePieceSpec spec = new();
        var fields = new ProtobufReader(bytes, file, 0);
        while (fields.Next())
        {
            if (fields.Field == 1)
                ReadPiece(fields.Message(), texts, scores, types);
            else if (fields.Field == 2)
                spec.ReadTrainer(fields.Message());
            else if (fields.Field == 3)
                spec.ReadNormalizer(fields.Message());
            if (texts.Count > TokenTable.MaxSize)
                throw new ModelFormatException(file, fields.Offset, $"the vocabulary has more than {TokenTable.MaxSize} tokens");
        }
        TokenTable.CheckLength(texts, file);
        return new PipelineTokenizer(Build(texts, [.. scores], types, spec, file, addBeginning, addEnd));
    }

    /// <summary>How SentencePiece prepares a text: its map of characters, single spaces, a space before, <c>▁</c> for spaces.</summary>
    internal static Normalizer Normalizer(byte[]? charsMap, bool prefix, bool singleSpaces, string file)
    {
        var links = new List<Normalizer>();
        if (charsMap is { Length: > 0 })
            links.Add(new CharsMap(charsMap, file));
        if (singleSpaces)
            links.Add(new SingleSpaces());
        if (prefix)
            links.Add(new Prepend(" "));
        links.Add(new Replace(" ", "▁"));
        return new Chain(links);
    }

    private static PipelineParts Build(List<string> texts, float[] scores, List<int> types, SentencePieceSpec spec, string file, bool addBeginning, bool addEnd)
    {
        int unknown = types.IndexOf(Unknown);
        if (unknown < 0)
            throw new ModelFormatException(file, 0, "the vocabulary has no unknown token: the file is damaged, or no SentencePiece model");
        string?[] table = [.. texts];
        int[]? fallback = spec.ByteFallback ? TokenTable.FallbackIds(table) : null;
        (string Text, int Id)[] pieces = [.. Enumerable.Range(0, texts.Count).Where(i => types[i] is Normal or UserDefined).Select(i => (texts[i], i))];
        TokenModel model;
        if (spec.ModelType == UnigramModelType)
        {
            float worst = pieces.Where(p => types[p.Id] == Normal).Select(p => scores[p.Id]).DefaultIfEmpty(0).Min();
            model = new UnigramModel(pieces, Array.ConvertAll(scores, s => (double)s), worst, unknown, fallback, single: true);
        }
        else if (spec.ModelType == BytePairModelType)
        {
            var symbols = new CharSymbols(texts.Count, unknown, fuse: true, fallback);
            model = new BytePairModel(symbols, MergeLists.FromScores(pieces, scores, symbols, file));
        }
        else
        {
            throw new ModelFormatException(file, 0, $"the model is of kind {spec.ModelType}; 1 (Unigram) and 2 (BPE) are known");
        }
        int[] Ids(bool wanted, string text) => !wanted ? [] : texts.IndexOf(text) is int id and >= 0
            ? [id]
            : throw new ModelFormatException(file, 0, $"the token '{text}' is to be added to texts, but is not in the vocabulary");
        return new PipelineParts
        {
            Table = new TokenTable(table, (id, text) => id == unknown ? Encoding.UTF8.GetBytes(spec.UnknownSurface) : TokenTable.SentencePieceBytes(text)),
            Model = model,
            Normalizer = Normalizer(spec.CharsMap, spec.AddDummyPrefix, spec.RemoveExtraWhitespaces, file),
            PreTokenizer = spec.ModelType == BytePairModelType && fallback is not null ? new SeamSplitter(pieces.Select(p => p.Text)) : null,
            // The unknown token is what unknown text becomes; written out, it is text.
            Added = [.. Enumerable.Range(0, texts.Count).Where(i => types[i] is Control or UserDefined).Select(i => new AddedToken(i, texts[i], types[i] == Control, Normalized: types[i] == UserDefined))],
            Template = new SpecialTemplate(Ids(addBeginning, spec.Beginning), Ids(addEnd, spec.End)),
            StripsLeadingSpace = spec.AddDummyPrefix,
        };
    }

    private static void ReadPiece(ProtobufReader fields, List<string> texts, List<float> scores, List<int> types)
    {
        (string text, float score, int type) = ("", 0, Normal);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    text = fields.Text();
                    break;
                case 2:
                    score = fields.Float();
                    break;
                case 3:
                    type = fields.Integer();
                    break;
            }
        }
        texts.Add(text);
        scores.Add(score);
        types.Add(type);
    }
}
