using System.Globalization;
using System.Text;
using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// The metadata by which a GGUF file says a tokenizer, from a <c>tokenizer.json</c> of byte-level or SentencePiece BPE: the keys
/// below <c>tokenizer.ggml.</c>, which <see cref="GgufTokenizer"/> and other programs read, and the file itself under
/// <c>tokenizer.huggingface.json</c>, so that nothing of it is lost. Source: docs/gguf.md of ggml-org/ggml.
/// </summary>
public static class GgufTokenizerWriter
{
    private const string Prefix = "tokenizer.ggml.";

    // Of tokens that no merge makes.
    private const float LeastScore = -1e6f;

    /// <param name="json">The file, in UTF-8.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="vocabSize">Rows of the model's token vectors: ids without a token get a placeholder.</param>
    /// <param name="roles">The tokens with a role.</param>
    /// <param name="notes">What the keys below <c>tokenizer.ggml.</c> cannot say: a sentence each.</param>
    /// <exception cref="ModelFormatException">The file is damaged, of another model than the weights, or of a kind that GGUF has no name for.</exception>
    public static IReadOnlyDictionary<string, GgufValue> Write(ReadOnlyMemory<byte> json, string file, int vocabSize, SpecialTokenIds roles, out IReadOnlyList<string> notes)
    {
        Tokenizer tokenizer = TokenizerJson.Read(json, file);
        if (tokenizer.VocabularySize > vocabSize)
            throw new ModelFormatException(file, 0, $"the tokenizer has {tokenizer.VocabularySize} tokens, the model {vocabSize}: they are not of one model");
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = TokenizerJson.MaxDepth });
        var root = new JsonPart(document.RootElement, file, "$");
        JsonPart model = root.Part("model")!.Value;
        if (JsonModels.TypeOf(model) != "BPE")
            throw model.Fail($"is of the type {JsonModels.TypeOf(model)}: of decoders GGUF has BPE, byte-level or of SentencePiece");
        var said = new List<string>();
        var values = new Dictionary<string, GgufValue>(StringComparer.Ordinal);
        (string[] tokens, int[] types) = Tokens(tokenizer, root, vocabSize);
        JsonPart? preTokenizer = root.Part("pre_tokenizer");
        if (preTokenizer is { } pre && JsonPreTokenizers.IsByteLevel(pre))
            BytePair(values, root, model, pre, said);
        else
            SentencePiece(values, tokenizer, model, tokens, types, roles);
        values[Prefix + "tokens"] = GgufArray.Of(tokens);
        values[Prefix + "token_type"] = GgufArray.Of(types);
        Roles(values, tokenizer, roles, said);
        Compare(values, tokenizer, file, said);
        values[GgufTokenizer.WholeFile] = Encoding.UTF8.GetString(json.Span);
        notes = said;
        return values;
    }

    private static (string[] Tokens, int[] Types) Tokens(Tokenizer tokenizer, JsonPart root, int vocabSize)
    {
        string[] tokens = new string[vocabSize];
        int[] types = new int[vocabSize];
        for (int id = 0; id < vocabSize; id++)
        {
            string? text = id < tokenizer.VocabularySize ? tokenizer.TokenOf(id) : null;
            (tokens[id], types[id]) = text is null ? (string.Create(CultureInfo.InvariantCulture, $"[PAD{id}]"), GgufTokenizer.Unused) : (text, GgufTokenizer.Normal);
        }
        if (root.Find("added_tokens") is not null)
        {
            foreach (AddedToken token in root.Parts("added_tokens").Select(TokenizerJson.Added))
                types[token.Id] = token.Special ? GgufTokenizer.Control : GgufTokenizer.UserDefined;
        }
        return (tokens, types);
    }

    private static void BytePair(Dictionary<string, GgufValue> values, JsonPart root, JsonPart model, JsonPart preTokenizer, List<string> notes)
    {
        bool whole = model.Flag("ignore_merges", false);
        PreTokenizer? cutting = JsonPreTokenizers.Read(preTokenizer);
        string? name = cutting is null ? null : GgufPreTokenizers.NameOf(cutting, whole);
        if (name is null && cutting is not null && GgufPreTokenizers.NameOf(cutting, !whole) is { } other)
        {
            name = other;
            notes.Add($"tokenizer.ggml.pre is '{other}', whose readers {(whole ? "merge words that are tokens" : "take words that are tokens whole")}, which this tokenizer does not");
        }
        values[Prefix + "model"] = "gpt2";
        values[Prefix + "pre"] = name ?? throw preTokenizer.Fail("cuts texts as none of the pre-tokenizers that GGUF has names for");
        values[Prefix + "merges"] = GgufArray.Of([.. JsonModels.Pairs(model).Select(pair => $"{pair.Left} {pair.Right}")]);
        if (root.Part("normalizer") is { } normalizer)
            notes.Add($"GGUF's byte-level tokenizers do not normalise: the {normalizer.Type} of this one is in {GgufTokenizer.WholeFile} alone");
    }

    private static void SentencePiece(Dictionary<string, GgufValue> values, Tokenizer tokenizer, JsonPart model, string[] tokens, int[] types, SpecialTokenIds roles)
    {
        float[] scores = new float[tokens.Length];
        Array.Fill(scores, LeastScore);
        int rank = 0;
        foreach ((string left, string right) in JsonModels.Pairs(model))
        {
            // A token may be made in several ways: the first counts.
            if (tokenizer.IdOf(left + right) is { } id && scores[id] == LeastScore)
                scores[id] = -rank;
            rank++;
        }
        for (int id = 0; id < tokens.Length; id++)
        {
            if (types[id] == GgufTokenizer.Normal && TokenTable.FallbackByte(tokens[id]) >= 0)
                types[id] = GgufTokenizer.ByteType;
            if (types[id] is not (GgufTokenizer.Normal or GgufTokenizer.ByteType))
                scores[id] = 0;
        }
        int? unknown = model.TextOrNull("unk_token") is { } text ? tokenizer.IdOf(text) : roles.Unknown;
        if (unknown is { } token)
            types[token] = GgufTokenizer.Unknown;
        values[Prefix + "model"] = "llama";
        values[Prefix + "pre"] = "default";
        values[Prefix + "scores"] = GgufArray.Of(scores);
        // Does a word get a mark before it that was not there.
        int[] ids = tokenizer.Encode("a");
        values[Prefix + "add_space_prefix"] = ids.Length > 0 && tokenizer.TokenOf(ids[0])!.StartsWith('▁');
        if (unknown is { } id2)
            values[Prefix + "unknown_token_id"] = (uint)id2;
    }

    private static void Roles(Dictionary<string, GgufValue> values, Tokenizer tokenizer, SpecialTokenIds roles, List<string> notes)
    {
        int[] around = tokenizer.Encode("", new EncodeOptions(AddSpecial: true));
        bool begins = roles.Bos is { } bos && around is [var first, ..] && first == bos;
        bool ends = roles.Eos is { } eos && around is [.., var last] && last == eos && around.Length > (begins ? 1 : 0);
        if (around.Length > (begins ? 1 : 0) + (ends ? 1 : 0))
            notes.Add($"GGUF puts the tokens of beginning and end around a text: what else this tokenizer puts there is in {GgufTokenizer.WholeFile} alone");
        void Id(string key, int? id)
        {
            if (id is { } token)
                values[Prefix + key] = (uint)token;
        }
        Id("bos_token_id", roles.Bos);
        Id("eos_token_id", roles.Eos);
        Id("padding_token_id", roles.Padding);
        Id("eot_token_id", roles.MoreEnds.Count > 0 ? roles.MoreEnds[0] : null);
        Id("eom_token_id", roles.MoreEnds.Count > 1 ? roles.MoreEnds[1] : null);
        if (roles.MoreEnds.Count > 2)
            notes.Add($"GGUF has three tokens that end an answer, this model {roles.MoreEnds.Count + 1}: the last are left out");
        if (!values.ContainsKey(Prefix + "unknown_token_id"))
            Id("unknown_token_id", roles.Unknown);
        values[Prefix + "add_bos_token"] = begins;
        values[Prefix + "add_eos_token"] = ends;
    }

    private static void Compare(Dictionary<string, GgufValue> values, Tokenizer tokenizer, string file, List<string> notes)
    {
        var metadata = values.ToDictionary(pair => pair.Key, pair => pair.Value.ToObject() is GgufArray array ? array.ToElements() : pair.Value.ToObject());
        Tokenizer written = GgufTokenizer.ReadParts(metadata, file);
        if (TellingTexts.All.FirstOrDefault(text => !tokenizer.Encode(text).SequenceEqual(written.Encode(text))) is { } other)
            notes.Add($"other programs, which read the keys below {Prefix}, may tokenise differently, such as '{Shown(other)}'");
    }

    private static string Shown(string text)
    {
        string cut = text.Length > 24 ? text[..24] + "…" : text;
        return cut.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
    }
}
