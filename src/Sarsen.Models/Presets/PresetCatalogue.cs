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
        new("transformer_encoder", typeof(TransformerEncoderPreset)),
    ];
}
