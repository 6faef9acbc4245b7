using Sarsen.Formats;

namespace Sarsen.Models.Presets;

/// <summary>Every preset there is; a new one is one more line.</summary>
public static class PresetCatalogue
{
    public static IReadOnlyList<CatalogueEntry> All { get; } =
    [
        new("mlp", typeof(MlpPreset)),
        new("cnn", typeof(CnnPreset)),
        new("lenet5", typeof(LeNet5Preset)),
        new("gpt", typeof(GptPreset)),
        new("decoder", typeof(DecoderPreset), "llama"),
        new("transformer_encoder", typeof(TransformerEncoderPreset)),
        new("mobilenet_v2", typeof(MobileNetV2Preset), "mobilenetv2"),
        new("resnet18", typeof(ResNet18Preset)),
        new("resnet34", typeof(ResNet34Preset)),
        new("resnet50", typeof(ResNet50Preset)),
        new("autoencoder", typeof(AutoencoderPreset)),
        new("conv_autoencoder", typeof(ConvAutoencoderPreset)),
    ];
}
