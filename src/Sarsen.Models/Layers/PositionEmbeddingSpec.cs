using System.ComponentModel;
using Sarsen.Models.Encoders;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="LearnedPositionEmbedding"/> or <see cref="SinusoidalEmbedding"/>, for as many positions as samples have.</summary>
[Description("Adds to each vector of a sequence one that tells its position.")]
[DefaultProperty(nameof(Kind))]
public sealed record PositionEmbeddingSpec : LayerSpec
{
    [Description("Trained vectors, or fixed sines and cosines.")]
    public EncoderPositions Kind { get; init; } = EncoderPositions.Sinusoidal;

    public override void Build(NetworkBuilder builder)
    {
        (int length, int size) = SequenceSample.Of(builder, "position_embedding");
        builder.Add(Kind switch
        {
            EncoderPositions.Learned => new LearnedPositionEmbedding(length, size),
            EncoderPositions.Sinusoidal => new SinusoidalEmbedding(length, size),
            _ => throw new ShapeException("position_embedding of kind none adds nothing: leave the layer out"),
        }, Name);
    }
}
