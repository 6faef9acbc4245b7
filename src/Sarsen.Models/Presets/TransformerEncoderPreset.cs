using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Encoders;
using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Presets;

/// <summary>A transformer encoder over ids (T) or values (T, C), and a linear layer for each sequence or each token.</summary>
[Description("A transformer that classifies sequences, or their tokens.")]
public sealed record TransformerEncoderPreset : PresetSpec
{
    [Description("The vectors' size."), Range(1, 1 << 20)]
    public int DModel { get; init; } = 128;

    [Description("Layers."), Range(1, 1024)]
    public int NumLayers { get; init; } = 2;

    [Description("Heads of each layer, which divide the vectors' size."), Range(1, 1 << 16)]
    public int NumHeads { get; init; } = 4;

    [Description("The probability of dropout."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; } = 0.1;

    [Description("The id of padding; nothing: none. The step tokenize pads with 0."), Range(0, int.MaxValue)]
    public int? PaddingIdx { get; init; }

    [Description("Mean or first for a result of the sequence, none for one of each token.")]
    public EncoderPooling Pooling { get; init; }

    public override IReadOnlyList<LayerSpec> Layers(in Shape sample, int outputs) =>
    [
        new TransformerEncoderSpec { DModel = DModel, NumLayers = NumLayers, NumHeads = NumHeads, Dropout = Dropout, PaddingIdx = PaddingIdx, Pooling = Pooling },
        new LinearSpec { OutFeatures = outputs },
    ];
}
