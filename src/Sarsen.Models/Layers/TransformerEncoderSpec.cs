using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Encoders;
using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="TransformerEncoder"/> of ids (T) in I64 or of values (T, in) in F32.</summary>
[Description("A transformer that reads sequences of ids or of vectors: embedding, positions, layers, pooling.")]
public sealed record TransformerEncoderSpec : LayerSpec
{
    [Description("Ids that there are; nothing: the size of the vocabulary that the preprocessing fitted."), Range(1, int.MaxValue)]
    public int? NumEmbeddings { get; init; }

    [Description("The id of padding, which is not attended to; nothing: none."), Range(0, int.MaxValue)]
    public int? PaddingIdx { get; init; }

    [Description("The vectors' size."), Range(1, 1 << 20)]
    public int DModel { get; init; } = 128;

    [Description("Layers."), Range(1, 1024)]
    public int NumLayers { get; init; } = 2;

    [Description("Heads of each layer, which divide the vectors' size."), Range(1, 1 << 16)]
    public int NumHeads { get; init; } = 4;

    [Description("Elements within the feed-forward networks; nothing: four times the vectors' size."), Range(1, 1 << 24)]
    public int? DimFeedforward { get; init; }

    [Description("The probability of dropout."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; } = 0.1;

    [Description("The function of the feed-forward networks.")]
    public ActivationKind Activation { get; init; } = ActivationKind.Gelu;

    [Description("Normalise before attention and networks, and not behind them.")]
    public bool NormFirst { get; init; } = true;

    [Description("What tells where a token stands.")]
    public EncoderPositions Positions { get; init; }

    [Description("What becomes of the tokens' vectors.")]
    public EncoderPooling Pooling { get; init; }

    public override LayerSpec WithVocabulary(int size, string where) =>
        this with { NumEmbeddings = Vocabulary.Checked(NumEmbeddings, size, where) };

    public override void Build(NetworkBuilder builder)
    {
        var layer = new TransformerEncoderLayerSpec { NumHeads = NumHeads, DimFeedforward = DimFeedforward, Dropout = Dropout, Activation = Activation, NormFirst = NormFirst };
        Shape sample = builder.Sample;
        (Module input, long length) = (builder.Type, sample.Rank) switch
        {
            (DType.I64, 1) => ((Module)new Embedding(Count(), DModel, PaddingIdx), sample[0]),
            (DType.F32, 2) => (new Linear(sample[1], DModel), sample[0]),
            _ => throw new ShapeException($"transformer_encoder takes ids (T) in I64 or values (T, C) in F32, here a sample is {builder.Type} of shape {sample}"),
        };
        builder.Add(new TransformerEncoder(input, DModel, checked((int)length), Positions, Enumerable.Range(0, NumLayers).Select(_ => layer.Create(DModel)), Dropout, Pooling), Name);
    }

    private int Count() => NumEmbeddings ?? throw new ShapeException("transformer_encoder does not know how many ids there are: give num_embeddings");
}
