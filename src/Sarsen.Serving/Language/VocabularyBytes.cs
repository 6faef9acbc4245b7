using Sarsen.Text.Grammars;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Serving.Language;

/// <summary>
/// A tokenizer's tokens as grammars see them. Special tokens stand for no text, so that no constraint can make a model write a
/// turn's beginning into a value; but for those that begin tool calls and thinking, which constraints spell.
/// </summary>
internal sealed class VocabularyBytes(Tokenizer tokenizer, int count, IReadOnlySet<int> endTokens, IReadOnlySet<string> spelled) : ITokenBytes
{
    public int Count => count;

    public IReadOnlyList<int> EndTokens { get; } = [.. endTokens.Where(t => (uint)t < (uint)count).Order()];

    public ReadOnlyMemory<byte> Bytes(int token)
    {
        // The rows of a model's matrices may be padded beyond the tokenizer.
        if (token >= tokenizer.VocabularySize || endTokens.Contains(token))
            return default;
        if (tokenizer.IsSpecial(token) && !(tokenizer.TokenOf(token) is { } text && spelled.Contains(text)))
            return default;
        return tokenizer.BytesOf(token).ToArray();
    }
}
