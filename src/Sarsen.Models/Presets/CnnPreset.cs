using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Presets;

/// <summary>Blocks of convolution 3 × 3, relu and max-pool 2, then a hidden linear layer with relu, then the outputs.</summary>
[Description("A small convolutional network: blocks of conv 3x3, relu, max-pool 2, then a linear layer.")]
public sealed record CnnPreset : PresetSpec
{
    [Description("Filters of each block."), MinLength(1), Range(1, 1 << 16)]
    public IReadOnlyList<int> Filters { get; init; } = [32, 64];

    [Description("Units of the linear layer."), Range(1, 1 << 20)]
    public int Hidden { get; init; } = 64;

    [Description("What is thought around the pictures of the convolutions.")]
    public Padding2d Padding { get; init; }

    public override IReadOnlyList<LayerSpec> Layers(in Shape sample, int outputs) =>
    [
        .. Filters.SelectMany(filters => (LayerSpec[])
        [
            new Conv2dSpec { OutChannels = filters, Padding = Padding, Activation = ActivationKind.Relu },
            new MaxPool2dSpec(),
        ]),
        new FlattenSpec(),
        new LinearSpec { OutFeatures = Hidden, Activation = ActivationKind.Relu },
        new LinearSpec { OutFeatures = outputs },
    ];
}
