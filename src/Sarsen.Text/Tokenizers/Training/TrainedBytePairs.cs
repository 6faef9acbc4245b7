using System.Text.Encodings.Web;
using System.Text.Json;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>A trained byte-level vocabulary: special tokens, then the bytes by their stand-in characters, then the merges in order.</summary>
public sealed class TrainedBytePairs
{
    private readonly BytePairTrainerOptions _options;
    private readonly List<string> _spellings;

    internal TrainedBytePairs(BytePairTrainerOptions options, IReadOnlyList<byte[]> tokens, IReadOnlyList<(int Left, int Right)> merges)
    {
        _options = options;
        _spellings = [.. tokens.Select(t => ByteAlphabet.Write(t))];
        Merges = [.. merges.Select(m => (_spellings[m.Left], _spellings[m.Right]))];
        Tokens = [.. options.SpecialTokens, .. _spellings.Take(256).OrderBy(c => c[0]), .. _spellings.Skip(256)];
    }

    /// <summary>The tokens by id, spelt as in tokenizer.json.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>The pairs in the order in which they were merged.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>A tokenizer.json, which <see cref="TokenizerJson"/> and huggingface/tokenizers read.</summary>
    public byte[] ToJson()
    {
        var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            WriteAdded(json);
            json.WriteNull("normalizer");
            WritePreTokenizer(json);
            WriteByteLevel(json, "post_processor", useRegex: true);
            WriteByteLevel(json, "decoder", useRegex: true);
            WriteModel(json);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private void WriteAdded(Utf8JsonWriter json)
    {
        json.WriteStartArray("added_tokens");
        for (int id = 0; id < _options.SpecialTokens.Count; id++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", _options.SpecialTokens[id]);
            foreach (string flag in (string[])["single_word", "lstrip", "rstrip", "normalized"])
                json.WriteBoolean(flag, false);
            json.WriteBoolean("special", true);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WritePreTokenizer(Utf8JsonWriter json)
    {
        if (_options.Pattern == Gpt2Splitter.Pattern)
        {
            WriteByteLevel(json, "pre_tokenizer", useRegex: true);
            return;
        }
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", _options.Pattern);
        json.WriteEndObject();
        json.WriteString("behavior", nameof(SplitBehavior.Isolated));
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        WriteByteLevel(json, null, useRegex: false);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string? name, bool useRegex)
    {
        if (name is null)
            json.WriteStartObject();
        else
            json.WriteStartObject(name);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", useRegex);
        json.WriteEndObject();
    }

    private void WriteModel(Utf8JsonWriter json)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (string key in (string[])["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"])
            json.WriteNull(key);
        foreach (string flag in (string[])["fuse_unk", "byte_fallback", "ignore_merges"])
            json.WriteBoolean(flag, false);
        json.WriteStartObject("vocab");
        for (int id = 0; id < Tokens.Count; id++)
            json.WriteNumber(Tokens[id], id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((string left, string right) in Merges)
            json.WriteStringValue($"{left} {right}");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
