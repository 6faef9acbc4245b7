using Sarsen.Formats;

namespace Sarsen.Models.Layers;

/// <summary>Every layer there is; a new one is one more line. Keras's and PyTorch's names are aliases.</summary>
public static class LayerCatalogue
{
    public static IReadOnlyList<CatalogueEntry> All { get; } =
    [
        new("linear", typeof(LinearSpec), "dense"),
        new("conv2d", typeof(Conv2dSpec)),
        new("max_pool2d", typeof(MaxPool2dSpec), "max_pooling2d"),
        new("avg_pool2d", typeof(AvgPool2dSpec), "average_pooling2d"),
        new("global_avg_pool1d", typeof(GlobalAvgPool1dSpec), "global_average_pooling1d"),
        new("flatten", typeof(FlattenSpec)),
        new("reshape", typeof(ReshapeSpec), "unflatten"),
        new("dropout", typeof(DropoutSpec)),
        new("batch_norm", typeof(BatchNormSpec), "batch_norm1d", "batch_norm2d", "batch_normalization"),
        new("layer_norm", typeof(LayerNormSpec), "layer_normalization"),
        new("rms_norm", typeof(RmsNormSpec), "rms_normalization"),
        new("embedding", typeof(EmbeddingSpec)),
        new("position_embedding", typeof(PositionEmbeddingSpec)),
        new("multihead_attention", typeof(MultiheadAttentionSpec), "multi_head_attention"),
        new("transformer_encoder_layer", typeof(TransformerEncoderLayerSpec)),
        new("transformer_encoder", typeof(TransformerEncoderSpec)),
        new("gpt", typeof(GptSpec)),
        new("rnn", typeof(RnnSpec), "simple_rnn"),
        new("lstm", typeof(LstmSpec)),
        new("gru", typeof(GruSpec)),
        new("relative_to_last", typeof(RelativeToLastSpec)),
        new("activation", typeof(ActivationSpec)),
        .. ActivationSpec.Words,
    ];
}
