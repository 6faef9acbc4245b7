using System.Text;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// Tokens in, text out as soon as its characters are whole: what <see cref="Add"/> has given so far is at any time a
/// beginning of what <see cref="Tokenizer.Decode"/> would give. Bytes that cannot become UTF-8 are U+FFFD, one for each
/// longest part that could have begun a character. For one thread.
/// </summary>
public sealed class TokenStream
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecial;
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private char[] _chars = new char[64];
    private bool _begun;

    internal TokenStream(Tokenizer tokenizer, bool skipSpecial, bool continues) => (_tokenizer, _skipSpecial, _begun) = (tokenizer, skipSpecial, continues);

    /// <summary>The text that a token completes, often none, until the next call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not from 0 to the size of the vocabulary - 1.</exception>
    public ReadOnlySpan<char> Add(int id)
    {
        ReadOnlySpan<byte> bytes = _tokenizer.BytesOf(id);
        if (bytes.IsEmpty || _skipSpecial && _tokenizer.IsSpecial(id))
            return default;
        if (!_begun && _tokenizer.StripsLeadingSpace && bytes[0] == ' ')
            bytes = bytes[1..];
        _begun = true;
        return Convert(bytes, flush: false);
    }

    /// <summary>What is left of a character that was never completed, as U+FFFD; the stream then begins anew.</summary>
    public ReadOnlySpan<char> End()
    {
        _begun = false;
        return Convert([], flush: true);
    }

    private ReadOnlySpan<char> Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        // The bytes of a character that was begun may still turn out to be up to three that are none.
        int most = bytes.Length + 4;
        if (most > _chars.Length)
            _chars = new char[most];
        return _chars.AsSpan(0, _utf8.GetChars(bytes, _chars, flush));
    }
}
