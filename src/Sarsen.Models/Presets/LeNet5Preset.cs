using System.ComponentModel;
using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Presets;

/// <summary>
/// LeCun, Bottou, Bengio, Haffner, «Gradient-based learning applied to document recognition», 1998, with relu and
/// max-pooling in place of scaled tanh and trained subsampling. Made for pictures of 32 × 32.
/// </summary>
[Description("LeNet-5 for pictures of 32x32: 6@5x5, 16@5x5, 120, 84, outputs.")]
public sealed record LeNet5Preset : PresetSpec
{
    public override IReadOnlyList<LayerSpec> Layers(in Shape sample, int outputs) =>
    [
        new Conv2dSpec { OutChannels = 6, KernelSize = [5], Activation = ActivationKind.Relu },
        new MaxPool2dSpec(),
        new Conv2dSpec { OutChannels = 16, KernelSize = [5], Activation = ActivationKind.Relu },
        new MaxPool2dSpec(),
        new FlattenSpec(),
        new LinearSpec { OutFeatures = 120, Activation = ActivationKind.Relu },
        new LinearSpec { OutFeatures = 84, Activation = ActivationKind.Relu },
        new LinearSpec { OutFeatures = outputs },
    ];
}
