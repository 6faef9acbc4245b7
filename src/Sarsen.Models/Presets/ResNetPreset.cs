using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Presets;

/// <summary>What stands before a ResNet's blocks.</summary>
public enum ResNetStem
{
    /// <summary>7 × 7 with stride 2 and a max-pool with stride 2: for pictures of some 224 × 224.</summary>
    Imagenet,

    /// <summary>3 × 3, which keeps the size: for pictures of some 32 × 32.</summary>
    Small,
}

/// <summary>
/// He, Zhang, Ren, Sun, «Deep residual learning for image recognition», 2016, with the stride of a bottleneck in its
/// 3 × 3 convolution. Parameters have torchvision's names (<c>layer1.0.conv1.weight</c>), so its weights can be read.
/// </summary>
public abstract record ResNetPreset : PresetSpec
{
    [Description("What stands before the blocks: imagenet (7x7 with stride 2, max-pool) or small (3x3), for pictures of some 32x32.")]
    public ResNetStem Stem { get; init; }

    [Description("Channels of the first stage; each further one has twice as many."), Range(1, 1 << 12)]
    public int Width { get; init; } = 64;

    /// <summary>Blocks of each of the four stages.</summary>
    private protected abstract IReadOnlyList<int> Blocks { get; }

    /// <summary>Are blocks 1 × 1, 3 × 3, 1 × 1 with four times as many channels out, instead of 3 × 3 twice.</summary>
    private protected abstract bool Bottleneck { get; }

    public override IReadOnlyList<LayerSpec> Layers(in Shape sample, int outputs)
    {
        bool small = Stem == ResNetStem.Small;
        List<LayerSpec> layers =
        [
            Conv("conv1", Width, small ? 3 : 7, small ? 1 : 2),
            new BatchNormSpec { Name = "bn1" },
            new ActivationSpec { Function = ActivationKind.Relu },
        ];
        if (!small)
            layers.Add(new MaxPool2dSpec { KernelSize = [3], Stride = [2], Padding = new Padding2d(1, 1, Same: false) });
        int channels = Width;
        for (int stage = 0; stage < Blocks.Count; stage++)
        {
            int width = Width << stage, given = width * (Bottleneck ? 4 : 1);
            var blocks = new List<LayerSpec>();
            for (int block = 0; block < Blocks[stage]; block++, channels = given)
            {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                blocks.Add(Block(width, stride, given, project: stride > 1 || channels != given));
            }
            layers.Add(new SequentialSpec { Name = $"layer{stage + 1}", Layers = blocks });
        }
        layers.Add(new GlobalAvgPool2dSpec());
        layers.Add(new LinearSpec { Name = "fc", OutFeatures = outputs });
        return layers;
    }

    private ResidualSpec Block(int width, int stride, int given, bool project)
    {
        List<LayerSpec> body = Bottleneck
            ? [.. Step(1, width, 1, 1), .. Step(2, width, 3, stride), .. Step(3, given, 1, 1)]
            : [.. Step(1, width, 3, stride), .. Step(2, width, 3, 1)];
        // The last one's function stands behind the sum.
        body.RemoveAt(body.Count - 1);
        return new ResidualSpec
        {
            Layers = body,
            Shortcut = project ? [Conv(null, given, 1, stride), new BatchNormSpec()] : null,
            Activation = ActivationKind.Relu,
        };
    }

    private static IEnumerable<LayerSpec> Step(int number, int channels, int kernel, int stride) =>
    [
        Conv($"conv{number}", channels, kernel, stride),
        new BatchNormSpec { Name = $"bn{number}" },
        new ActivationSpec { Function = ActivationKind.Relu },
    ];

    private static Conv2dSpec Conv(string? name, int channels, int kernel, int stride) => new()
    {
        Name = name,
        OutChannels = channels,
        KernelSize = [kernel],
        Stride = [stride],
        Padding = new Padding2d(kernel / 2, kernel / 2, Same: false),
        Bias = false,
    };
}

[Description("ResNet-18: residual blocks 2, 2, 2, 2 of two 3x3 convolutions, with torchvision's names.")]
public sealed record ResNet18Preset : ResNetPreset
{
    private protected override IReadOnlyList<int> Blocks => [2, 2, 2, 2];

    private protected override bool Bottleneck => false;
}

[Description("ResNet-34: residual blocks 3, 4, 6, 3 of two 3x3 convolutions, with torchvision's names.")]
public sealed record ResNet34Preset : ResNetPreset
{
    private protected override IReadOnlyList<int> Blocks => [3, 4, 6, 3];

    private protected override bool Bottleneck => false;
}

[Description("ResNet-50: residual bottlenecks 3, 4, 6, 3 of 1x1, 3x3, 1x1 convolutions, with torchvision's names.")]
public sealed record ResNet50Preset : ResNetPreset
{
    private protected override IReadOnlyList<int> Blocks => [3, 4, 6, 3];

    private protected override bool Bottleneck => true;
}
