using System.Buffers;
using System.Text;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// Texts to the ids of tokens and back. Immutable, and safe for any number of threads.
/// <para>The bytes of the tokens that a text is encoded to are the bytes of the text in UTF-8, up to what the tokenizer
/// normalizes and the space that some put before the first word.</para>
/// </summary>
public abstract class Tokenizer
{
    /// <summary>Ids are below this. Some may have no token.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The tokens that steer a model and are no text, by how they are written.</summary>
    public abstract IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>Whether the decoded text of a whole output begins with a space that is not part of it.</summary>
    internal abstract bool StripsLeadingSpace { get; }

    /// <summary>Adds the ids of a text.</summary>
    /// <param name="text">UTF-16; half a surrogate pair is encoded as U+FFFD.</param>
    /// <param name="ids">Where they go. Nothing is allocated once it and the tokenizer's scratch have grown.</param>
    /// <param name="options">What is added and recognised; by default neither special tokens before and behind nor in the text.</param>
    /// <exception cref="System.Text.RegularExpressions.RegexMatchTimeoutException">A pattern of the tokenizer's file took more than ten seconds.</exception>
    public abstract void Encode(ReadOnlySpan<char> text, TokenIds ids, EncodeOptions options = default);

    /// <summary>Adds the ids of two texts that a model takes together, such as a question and a passage.</summary>
    /// <param name="first">The first text.</param>
    /// <param name="second">The second text.</param>
    /// <param name="ids">Where they go.</param>
    /// <param name="options">With <see cref="EncodeOptions.AddSpecial"/>, what the model expects before, between and behind.</param>
    public abstract void EncodePair(ReadOnlySpan<char> first, ReadOnlySpan<char> second, TokenIds ids, EncodeOptions options = default);

    /// <summary>The bytes that a token puts into the text, or none. They may begin or end within a character.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not from 0 to <see cref="VocabularySize"/> - 1.</exception>
    public abstract ReadOnlySpan<byte> BytesOf(int id);

    /// <summary>How the tokenizer's file spells a token, or null where the id has none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not from 0 to <see cref="VocabularySize"/> - 1.</exception>
    public abstract string? TokenOf(int id);

    /// <summary>The id of a token as the tokenizer's file spells it, or null.</summary>
    public abstract int? IdOf(string token);

    /// <summary>Whether an id is one of <see cref="SpecialTokens"/>.</summary>
    public abstract bool IsSpecial(int id);

    /// <summary>The ids of a text.</summary>
    public int[] Encode(ReadOnlySpan<char> text, EncodeOptions options = default)
    {
        var ids = new TokenIds();
        Encode(text, ids, options);
        return ids.Span.ToArray();
    }

    /// <summary>Writes the ids of a text.</summary>
    public void Encode(ReadOnlySpan<char> text, IBufferWriter<int> writer, EncodeOptions options = default)
    {
        var ids = new TokenIds();
        Encode(text, ids, options);
        writer.Write(ids.Span);
    }

    /// <summary>The text of tokens. Bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="skipSpecial">Special tokens give no text.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not from 0 to <see cref="VocabularySize"/> - 1.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = true)
    {
        TokenStream stream = StreamDecoder(skipSpecial);
        var text = new StringBuilder();
        foreach (int id in ids)
            text.Append(stream.Add(id));
        return text.Append(stream.End()).ToString();
    }

    /// <summary>Decodes tokens as they come.</summary>
    /// <param name="skipSpecial">Special tokens give no text.</param>
    /// <param name="continues">The tokens follow others: a space that they begin with belongs to the text.</param>
    public TokenStream StreamDecoder(bool skipSpecial = true, bool continues = false) => new(this, skipSpecial, continues);
}
