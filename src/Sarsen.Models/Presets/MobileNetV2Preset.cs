using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Presets;

/// <summary>
/// Sandler, Howard, Zhu, Zhmoginov, Chen, «MobileNetV2: inverted residuals and linear bottlenecks», 2018. Parameters have
/// torchvision's names (<c>features.1.conv.0.0.weight</c>), so its weights can be read.
/// </summary>
[Description("MobileNetV2: inverted residuals around depthwise convolutions, small and fast, with torchvision's names.")]
public sealed record MobileNetV2Preset : PresetSpec
{
    [Description("Times as many channels as in the paper, rounded to multiples of 8."), Range(0.05, 8.0)]
    public double WidthMultiplier { get; init; } = 1;

    [Description("For pictures of some 32x32: the first two strides of 2 are left out.")]
    public bool SmallPictures { get; init; }

    [Description("The probability of dropout before the outputs."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; } = 0.2;

    /// <summary>Of each stage, table 2 of the paper: expansion, channels, blocks, stride of the first.</summary>
    private static ReadOnlySpan<(int Expansion, int Channels, int Blocks, int Stride)> Stages =>
        new (int, int, int, int)[] { (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1) };

    public override IReadOnlyList<LayerSpec> Layers(in Shape sample, int outputs)
    {
        int channels = Rounded(32 * WidthMultiplier), last = Rounded(1280 * Math.Max(1, WidthMultiplier));
        var features = new List<LayerSpec> { Step(channels, 3, SmallPictures ? 1 : 2, 1) };
        for (int stage = 0; stage < Stages.Length; stage++)
        {
            (int expansion, int wide, int blocks, int stride) = Stages[stage];
            int given = Rounded(wide * WidthMultiplier);
            stride = SmallPictures && stage == 1 ? 1 : stride;
            for (int block = 0; block < blocks; block++, channels = given)
                features.Add(Block(channels, given, expansion, block == 0 ? stride : 1));
        }
        features.Add(Step(last, 1, 1, 1));
        return
        [
            new SequentialSpec { Name = "features", Layers = features },
            new GlobalAvgPool2dSpec(),
            new SequentialSpec { Name = "classifier", Layers = [new DropoutSpec { P = Dropout }, new LinearSpec { OutFeatures = outputs }] },
        ];
    }

    private static LayerSpec Block(int channels, int given, int expansion, int stride)
    {
        int wide = channels * expansion;
        LayerSpec conv = new SequentialSpec
        {
            Name = "conv",
            Layers =
            [
                .. expansion == 1 ? Array.Empty<LayerSpec>() : [Step(wide, 1, 1, 1)],
                Step(wide, 3, stride, wide),
                Conv(given, 1, 1, 1),
                new BatchNormSpec(),
            ],
        };
        return stride == 1 && channels == given ? new ResidualSpec { Layers = [conv] } : new SequentialSpec { Layers = [conv] };
    }

    private static SequentialSpec Step(int channels, int kernel, int stride, int groups) => new()
    {
        Layers = [Conv(channels, kernel, stride, groups), new BatchNormSpec(), new ActivationSpec { Function = ActivationKind.Relu6 }],
    };

    private static Conv2dSpec Conv(int channels, int kernel, int stride, int groups) => new()
    {
        OutChannels = channels,
        KernelSize = [kernel],
        Stride = [stride],
        Padding = new Padding2d(kernel / 2, kernel / 2, Same: false),
        Groups = groups,
        Bias = false,
    };

    /// <summary>The nearest multiple of 8, but at least 8, and not below nine tenths.</summary>
    private static int Rounded(double channels)
    {
        int rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}
