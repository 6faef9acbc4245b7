namespace Sarsen.Text.Grammars;

/// <summary>What a grammar must know of a tokenizer: the bytes that each token stands for.</summary>
public interface ITokenBytes
{
    /// <summary>Token ids are below this.</summary>
    int Count { get; }

    /// <summary>Tokens that end the text: allowed where the grammar may end, and nowhere else.</summary>
    IReadOnlyList<int> EndTokens { get; }

    /// <summary>The bytes of a token; empty for one that stands for no text, which a grammar never allows.</summary>
    ReadOnlyMemory<byte> Bytes(int token);
}
