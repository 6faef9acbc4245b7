using Sarsen.Text.Tokenizers;

namespace Sarsen.Serving.Language;

/// <summary>A model that makes vectors of texts, which lie near to each other where the texts mean the same.</summary>
public interface ITextEmbedder : IAsyncDisposable
{
    /// <summary>Elements of a vector.</summary>
    int Dimensions { get; }

    /// <summary>The most tokens of a text.</summary>
    int ContextLength { get; }

    /// <summary>Memory that it takes.</summary>
    long Bytes { get; }

    Tokenizer Tokenizer { get; }

    /// <summary>The tokens of a text, with what the model expects around it.</summary>
    int[] Encode(string text);

    /// <summary>A vector of <see cref="Dimensions"/> elements and length 1 for each text, in order.</summary>
    /// <param name="texts">Tokens, from 1 to <see cref="ContextLength"/>.</param>
    /// <param name="stop">Stops the waiting, and between texts.</param>
    /// <exception cref="OverloadException">As many wait as may.</exception>
    Task<IReadOnlyList<float[]>> EmbedAsync(IReadOnlyList<int[]> texts, CancellationToken stop = default);
}
