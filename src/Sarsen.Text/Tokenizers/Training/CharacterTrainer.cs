using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// Learns a vocabulary of characters: a token for each Unicode scalar of the corpus, in the order of their numbers, behind
/// <see cref="Unknown"/> and the special tokens. The file is BPE without merges, which <see cref="TokenizerJson"/> and
/// huggingface/tokenizers read; a character that the corpus has not becomes <see cref="Unknown"/>.
/// </summary>
/// <param name="specialTokens">They get the ids from 1 on; text that spells one is cut into characters like any other.</param>
public sealed class CharacterTrainer(params IReadOnlyList<string> specialTokens)
{
    /// <summary>The token of what is in no corpus; its id is 0.</summary>
    public const string Unknown = "<unk>";

    private readonly SortedSet<int> _characters = [];

    /// <summary>Tokens in all.</summary>
    public int VocabularySize => 1 + specialTokens.Count + _characters.Count;

    /// <summary>Adds the characters of a text; half a surrogate pair counts as U+FFFD.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        foreach (Rune rune in text.EnumerateRunes())
            _characters.Add(rune.Value);
    }

    /// <summary>The tokenizer.json of the characters so far.</summary>
    public byte[] ToJson()
    {
        var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            foreach (string absent in (string[])["truncation", "padding"])
                json.WriteNull(absent);
            WriteAdded(json);
            foreach (string absent in (string[])["normalizer", "pre_tokenizer", "post_processor"])
                json.WriteNull(absent);
            json.WriteStartObject("decoder");
            json.WriteString("type", "Fuse");
            json.WriteEndObject();
            WriteModel(json);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private void WriteAdded(Utf8JsonWriter json)
    {
        json.WriteStartArray("added_tokens");
        int id = 0;
        foreach (string token in specialTokens.Prepend(Unknown))
        {
            json.WriteStartObject();
            json.WriteNumber("id", id++);
            json.WriteString("content", token);
            foreach (string flag in (string[])["single_word", "lstrip", "rstrip", "normalized"])
                json.WriteBoolean(flag, false);
            json.WriteBoolean("special", true);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteModel(Utf8JsonWriter json)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteString("unk_token", Unknown);
        foreach (string absent in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            json.WriteNull(absent);
        foreach (string flag in (string[])["fuse_unk", "byte_fallback", "ignore_merges"])
            json.WriteBoolean(flag, false);
        json.WriteStartObject("vocab");
        int id = 0;
        foreach (string token in specialTokens.Prepend(Unknown).Concat(_characters.Select(c => new Rune(c).ToString())))
            json.WriteNumber(token, id++);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
