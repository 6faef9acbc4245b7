using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Embedding"/> of token or category ids.</summary>
[Description("A trained vector for each id.")]
public sealed record EmbeddingSpec : LayerSpec
{
    [Description("How many ids there are, Keras's input dim; nothing: the size of the vocabulary that the preprocessing fitted."), Range(1, int.MaxValue)]
    public int? NumEmbeddings { get; init; }

    [Description("The vector's size, Keras's output dim."), Range(1, 1 << 20)]
    public required int EmbeddingDim { get; init; }

    [Description("The id of padding, whose vector stays zero; nothing: none."), Range(0, int.MaxValue)]
    public int? PaddingIdx { get; init; }

    public override LayerSpec WithVocabulary(int size, string where) =>
        this with { NumEmbeddings = Vocabulary.Checked(NumEmbeddings, size, where) };

    public override void Build(NetworkBuilder builder)
    {
        if (builder.Type is not DType.I64)
            throw new ShapeException($"embedding takes ids in I64, here samples are {builder.Type} of shape {builder.Sample}: end the preprocessing with ids, such as tokenize or ordinal");
        int count = NumEmbeddings ?? throw new ShapeException("embedding does not know how many ids there are: give num_embeddings");
        builder.Add(new Embedding(count, EmbeddingDim, PaddingIdx), Name);
    }
}
