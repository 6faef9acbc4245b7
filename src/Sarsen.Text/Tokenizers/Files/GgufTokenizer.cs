using System.Text;
using Sarsen.Formats;
using Sarsen.Text.Tokenizers.Models;
using Sarsen.Text.Tokenizers.Normalizers;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// Tokenizers from the metadata of GGUF files, the keys below <c>tokenizer.ggml.</c>: models <c>gpt2</c> (byte-level BPE),
/// <c>llama</c> (SentencePiece BPE), <c>t5</c> (Unigram) and <c>bert</c> (WordPiece).
/// Source: gguf.md of ggml-org/ggml; <c>llama-vocab.cpp</c> of ggml-org/llama.cpp for what it leaves open.
/// </summary>
public static class GgufTokenizer
{
    /// <summary>Numbers of <c>token_type</c>.</summary>
    internal const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, ByteType = 6;

    /// <summary>The key under which a file may hold a whole <c>tokenizer.json</c>, which then says all.</summary>
    internal const string WholeFile = "tokenizer.huggingface.json";

    /// <param name="metadata">
    /// By key: texts as <see cref="string"/>, numbers as any integer type or <see cref="float"/>, <see cref="bool"/>, and lists
    /// of these as arrays or <see cref="IReadOnlyList{T}"/>.
    /// </param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="ModelFormatException">Metadata are missing, contradict each other, or name what is not known.</exception>
    public static Tokenizer Read(IReadOnlyDictionary<string, object> metadata, string file) => metadata.GetValueOrDefault(WholeFile) is string json
        ? TokenizerJson.Read(Encoding.UTF8.GetBytes(json), $"{file}: {WholeFile}")
        : ReadParts(metadata, file);

    /// <summary>From the keys below <c>tokenizer.ggml.</c> alone, as other programs read it.</summary>
    internal static Tokenizer ReadParts(IReadOnlyDictionary<string, object> metadata, string file)
    {
        var values = new GgufValues(metadata, file);
        string model = values.Text("model") ?? throw values.Missing("model");
        IReadOnlyList<string> tokens = values.Texts("tokens") ?? throw values.Missing("tokens");
        if (tokens.Count is 0 or > TokenTable.MaxSize)
            throw new ModelFormatException(file, 0, $"tokenizer.ggml.tokens has {tokens.Count} tokens, 1 to {TokenTable.MaxSize} are expected");
        TokenTable.CheckLength(tokens, file);
        int[] types = values.Integers("token_type", tokens.Count) ?? [.. Enumerable.Repeat(Normal, tokens.Count)];
        return new PipelineTokenizer(model switch
        {
            "gpt2" => BytePair(values, tokens, types),
            "llama" => SentencePiece(values, tokens, types),
            "t5" => Unigram(values, tokens, types),
            "bert" => WordPiece(values, tokens, types),
            _ => throw new ModelFormatException(file, 0, $"tokenizer.ggml.model is '{model}'; gpt2, llama, t5 and bert are known"),
        });
    }

    private static PipelineParts BytePair(GgufValues values, IReadOnlyList<string> tokens, int[] types)
    {
        string pre = values.Text("pre") ?? "default";
        IReadOnlyList<string> lines = values.Texts("merges") ?? throw values.Missing("merges");
        var table = new TokenTable([.. tokens], (id, text) =>
            types[id] is Normal or ByteType && ByteAlphabet.Read(text) is { } bytes ? bytes : Encoding.UTF8.GetBytes(text));
        int[] byteIds = [.. Enumerable.Range(0, 256).Select(b => table.IdOf(ByteAlphabet.CharOf((byte)b).ToString()) ?? -1)];
        var pairs = new (string, string)[lines.Count];
        for (int i = 0; i < pairs.Length; i++)
        {
            // A token may begin with a space in none of these vocabularies, but the space between is never the first character.
            int space = lines[i].IndexOf(' ', Math.Min(1, lines[i].Length));
            if (space < 0)
                throw new ModelFormatException(values.File, 0, $"merge {i} is '{lines[i]}', two tokens with a space between are expected");
            pairs[i] = (lines[i][..space], lines[i][(space + 1)..]);
        }
        return new PipelineParts
        {
            Table = table,
            Model = new BytePairModel(new ByteSymbols(byteIds, (int)(values.Id("unknown_token_id", tokens.Count) ?? -1)),
                MergeLists.FromPairs(pairs, table.Ids, "", values.File))
            {
                WholeWords = GgufPreTokenizers.TakesWholeWords(pre) ? new Dictionary<string, int>(table.Ids, StringComparer.Ordinal) : null,
            },
            PreTokenizer = GgufPreTokenizers.Make(pre, values.File),
            Added = Added(tokens, types),
            Template = Around(values, tokens.Count, GgufPreTokenizers.AddsBeginningToken(pre), false),
        };
    }

    private static PipelineParts SentencePiece(GgufValues values, IReadOnlyList<string> tokens, int[] types)
    {
        float[] scores = values.Floats("scores", tokens.Count) ?? throw values.Missing("scores");
        int unknown = values.Id("unknown_token_id", tokens.Count) ?? 0;
        string?[] texts = [.. tokens];
        var symbols = new CharSymbols(tokens.Count, unknown, fuse: false, TokenTable.FallbackIds(texts));
        (string, int)[] mergeable = [.. Enumerable.Range(0, tokens.Count).Where(i => types[i] is Normal or UserDefined).Select(i => (tokens[i], i))];
        bool prefix = values.Flag("add_space_prefix") ?? true;
        return new PipelineParts
        {
            Table = new TokenTable(texts, (_, text) => TokenTable.SentencePieceBytes(text)),
            Model = new BytePairModel(symbols, MergeLists.FromScores(mergeable, scores, symbols, values.File)),
            Normalizer = prefix ? new Chain([new Prepend("▁"), new Replace(" ", "▁")]) : new Replace(" ", "▁"),
            PreTokenizer = new SeamSplitter(mergeable.Select(t => t.Item1)),
            Added = Added(tokens, types),
            Template = Around(values, tokens.Count, true, false),
            StripsLeadingSpace = prefix,
        };
    }

    private static PipelineParts Unigram(GgufValues values, IReadOnlyList<string> tokens, int[] types)
    {
        float[] scores = values.Floats("scores", tokens.Count) ?? throw values.Missing("scores");
        int unknown = values.Id("unknown_token_id", tokens.Count) ?? throw values.Missing("unknown_token_id");
        string?[] texts = [.. tokens];
        (string, int)[] normal = [.. Enumerable.Range(0, tokens.Count).Where(i => types[i] is Normal or UserDefined).Select(i => (tokens[i], i))];
        bool prefix = values.Flag("add_space_prefix") ?? true;
        return new PipelineParts
        {
            Table = new TokenTable(texts, (_, text) => TokenTable.SentencePieceBytes(text)),
            Model = new UnigramModel(normal, Array.ConvertAll(scores, s => (double)s),
                normal.Select(t => scores[t.Item2]).DefaultIfEmpty(0).Min(), unknown, TokenTable.FallbackIds(texts), single: true),
            Normalizer = SentencePieceFile.Normalizer(values.Bytes("precompiled_charsmap"), prefix, values.Flag("remove_extra_whitespaces") ?? false, values.File),
            Added = Added(tokens, types),
            Template = Around(values, tokens.Count, false, true),
            StripsLeadingSpace = prefix,
        };
    }

    private static PipelineParts WordPiece(GgufValues values, IReadOnlyList<string> tokens, int[] types)
    {
        // Tokens that begin a word have a mark in these files, those that continue one have none: the other way round than BERT's own.
        (string, int)[] Of(bool first) => [.. Enumerable.Range(0, tokens.Count)
            .Where(i => types[i] == Normal && tokens[i].StartsWith('▁') == first).Select(i => (first ? tokens[i][1..] : tokens[i], i))];
        int begin = values.Id("cls_token_id", tokens.Count) ?? values.Id("bos_token_id", tokens.Count) ?? throw values.Missing("cls_token_id");
        int end = values.Id("seperator_token_id", tokens.Count) ?? values.Id("separator_token_id", tokens.Count) ?? throw values.Missing("seperator_token_id");
        return new PipelineParts
        {
            Table = new TokenTable([.. tokens], (id, text) => Encoding.UTF8.GetBytes(types[id] == Normal && text.StartsWith('▁') ? " " + text[1..] : text)),
            Model = new WordPieceModel(Of(true), Of(false), values.Id("unknown_token_id", tokens.Count) ?? throw values.Missing("unknown_token_id"), 100),
            Normalizer = new Chain([new BertCleaning(true, true), UnicodeForm.Nfd, new StripAccents(nonSpacingOnly: true), new Lowercase()]),
            PreTokenizer = new BertSplit(),
            Added = Added(tokens, types),
            Template = new SpecialTemplate([begin], [end]) { Pair = [begin, SpecialTemplate.First, end, SpecialTemplate.Second, end] },
            StripsLeadingSpace = true,
        };
    }

    private static AddedToken[] Added(IReadOnlyList<string> tokens, int[] types) =>
        [.. Enumerable.Range(0, tokens.Count).Where(i => types[i] is Control or Unknown or UserDefined)
            .Select(i => new AddedToken(i, tokens[i], Special: types[i] != UserDefined))];

    private static SpecialTemplate Around(GgufValues values, int size, bool beginByDefault, bool endByDefault)
    {
        int? begin = values.Flag("add_bos_token") ?? beginByDefault ? values.Id("bos_token_id", size) ?? throw values.Missing("bos_token_id") : null;
        int? end = values.Flag("add_eos_token") ?? endByDefault ? values.Id("eos_token_id", size) ?? throw values.Missing("eos_token_id") : null;
        int[] before = begin is { } b ? [b] : [];
        int[] after = end is { } e ? [e] : [];
        return new SpecialTemplate(before, after)
        {
            Pair = [.. before, SpecialTemplate.First, .. after, .. before, SpecialTemplate.Second, .. after],
        };
    }
}
