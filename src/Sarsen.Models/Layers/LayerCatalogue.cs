using Sarsen.Formats;

namespace Sarsen.Models.Layers;

/// <summary>Every layer there is; a new one is one more line. Keras's and PyTorch's names are aliases.</summary>
public static class LayerCatalogue
{
    public static IReadOnlyList<CatalogueEntry> All { get; } =
    [
        new("linear", typeof(LinearSpec), "dense"),
        new("conv1d", typeof(Conv1dSpec)),
        new("conv2d", typeof(Conv2dSpec)),
        new("conv_transpose1d", typeof(ConvTranspose1dSpec), "conv1d_transpose"),
        new("conv_transpose2d", typeof(ConvTranspose2dSpec), "conv2d_transpose"),
        new("separable_conv2d", typeof(SeparableConv2dSpec)),
        new("max_pool1d", typeof(MaxPool1dSpec), "max_pooling1d"),
        new("max_pool2d", typeof(MaxPool2dSpec), "max_pooling2d"),
        new("avg_pool1d", typeof(AvgPool1dSpec), "average_pooling1d"),
        new("avg_pool2d", typeof(AvgPool2dSpec), "average_pooling2d"),
        new("adaptive_avg_pool2d", typeof(AdaptiveAvgPool2dSpec)),
        new("adaptive_max_pool2d", typeof(AdaptiveMaxPool2dSpec)),
        new("global_avg_pool1d", typeof(GlobalAvgPool1dSpec), "global_average_pooling1d"),
        new("global_avg_pool2d", typeof(GlobalAvgPool2dSpec), "global_average_pooling2d"),
        new("global_max_pool2d", typeof(GlobalMaxPool2dSpec), "global_max_pooling2d"),
        new("glu", typeof(GluSpec)),
        new("prelu", typeof(PReluSpec), "p_relu"),
        new("flatten", typeof(FlattenSpec)),
        new("reshape", typeof(ReshapeSpec), "unflatten"),
        new("permute", typeof(PermuteSpec)),
        new("dropout", typeof(DropoutSpec)),
        new("batch_norm", typeof(BatchNormSpec), "batch_norm1d", "batch_norm2d", "batch_normalization"),
        new("layer_norm", typeof(LayerNormSpec), "layer_normalization"),
        new("rms_norm", typeof(RmsNormSpec), "rms_normalization"),
        new("group_norm", typeof(GroupNormSpec), "group_normalization"),
        new("instance_norm", typeof(InstanceNormSpec), "instance_norm1d", "instance_norm2d"),
        new("constant_pad", typeof(ConstantPadSpec), "zero_pad2d", "zero_padding2d", "zero_padding1d"),
        new("reflection_pad", typeof(ReflectionPadSpec), "reflection_pad1d", "reflection_pad2d"),
        new("replication_pad", typeof(ReplicationPadSpec), "replication_pad1d", "replication_pad2d"),
        new("upsample", typeof(UpsampleSpec)),
        new("channel_shuffle", typeof(ChannelShuffleSpec)),
        new("embedding", typeof(EmbeddingSpec)),
        new("position_embedding", typeof(PositionEmbeddingSpec)),
        new("multihead_attention", typeof(MultiheadAttentionSpec), "multi_head_attention"),
        new("transformer_encoder_layer", typeof(TransformerEncoderLayerSpec)),
        new("transformer_encoder", typeof(TransformerEncoderSpec)),
        new("gpt", typeof(GptSpec)),
        new("decoder", typeof(DecoderSpec)),
        new("rnn", typeof(RnnSpec), "simple_rnn"),
        new("lstm", typeof(LstmSpec)),
        new("gru", typeof(GruSpec)),
        new("relative_to_last", typeof(RelativeToLastSpec)),
        new("sequential", typeof(SequentialSpec)),
        new("residual", typeof(ResidualSpec)),
        new("concat", typeof(ConcatSpec)),
        new("activation", typeof(ActivationSpec)),
        .. ActivationSpec.Words,
    ];

    /// <summary>The word of a layer.</summary>
    internal static string WordOf(LayerSpec layer) => All.First(e => e.Type == layer.GetType()).Word;
}
