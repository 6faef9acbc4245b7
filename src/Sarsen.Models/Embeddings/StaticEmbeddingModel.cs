using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Models.Embeddings;

/// <summary>
/// A fixed vector for each token, and their mean for a text: model2vec's and sentence-transformers' static embeddings. Weights of
/// tokens and vectors that tokens share are multiplied and copied out when the file is read. Parameter: <c>embeddings.weight</c>.
/// Source: Tulkens and van Dongen, «Model2Vec: Fast state-of-the-art static embeddings», 2024.
/// </summary>
public sealed class StaticEmbeddingModel : EmbeddingModel
{
    private readonly Embedding _tokens;

    /// <param name="vocabSize">Tokens, 1 or more.</param>
    /// <param name="dimensions">Elements of a vector, 1 or more.</param>
    /// <param name="settings">Normalisation and length; the pooling is the mean.</param>
    public StaticEmbeddingModel(int vocabSize, int dimensions, EmbeddingSettings settings) : base(settings)
    {
        (VocabSize, Dimensions) = (vocabSize, dimensions);
        _tokens = AddChild("embeddings", new Embedding(vocabSize, dimensions));
    }

    public override int VocabSize { get; }

    public override int Dimensions { get; }

    /// <summary>No order is known of, so no length is too long.</summary>
    public override int ContextLength => int.MaxValue;

    public override bool ReadsSpecialTokens => false;

    /// <summary>The tokens' vectors, (vocabSize, dimensions).</summary>
    internal Parameter Weight => _tokens.Weight;

    protected override Tensor Forward(in TokenContext context) => _tokens.Call(context.Ids).SequenceMean(context.Spans); // (N) -> (S, C)
}
