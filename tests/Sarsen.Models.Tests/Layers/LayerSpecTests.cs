using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Tests.Layers;

/// <summary>What layers of pictures and rows give, as Keras and PyTorch users expect of their settings.</summary>
public class LayerSpecTests
{
    private static readonly Padding2d s_same = Padding2d.Parse("same", null);

    public static TheoryData<LayerSpec, long[], long[]> Results => new()
    {
        { new Conv1dSpec { OutChannels = 5, KernelSize = 4, Stride = 2, Padding = Padding1d.Parse("same", null) }, [3, 9], [5, 5] },
        { new Conv1dSpec { OutChannels = 5, Padding = Padding1d.Parse("1", null), Dilation = 2 }, [3, 9], [5, 7] },
        { new ConvTranspose1dSpec { OutChannels = 2, Stride = 2, OutputPadding = 1, Padding = 1 }, [3, 4], [2, 8] },
        { new ConvTranspose2dSpec { OutChannels = 2, Stride = [2], Padding = s_same }, [3, 4, 5], [2, 8, 10] },
        { new ConvTranspose2dSpec { OutChannels = 2, KernelSize = [2, 5], Stride = [3, 1], Padding = s_same }, [3, 4, 5], [2, 12, 5] },
        { new ConvTranspose2dSpec { OutChannels = 2, KernelSize = [2], Stride = [2] }, [3, 4, 5], [2, 8, 10] },
        { new SeparableConv2dSpec { OutChannels = 7, DepthMultiplier = 2, Padding = s_same, Stride = [2] }, [3, 9, 8], [7, 5, 4] },
        { new MaxPool1dSpec { KernelSize = 3 }, [2, 9], [2, 3] },
        { new AvgPool1dSpec { KernelSize = 3, Stride = 1, Padding = Padding1d.Parse("1", null) }, [2, 9], [2, 9] },
        { new AdaptiveAvgPool2dSpec { OutputSize = [2, 3] }, [4, 9, 9], [4, 2, 3] },
        { new AdaptiveMaxPool2dSpec { OutputSize = [2] }, [4, 9, 9], [4, 2, 2] },
        { new GlobalAvgPool2dSpec(), [4, 9, 9], [4] },
        { new GlobalMaxPool2dSpec(), [4, 9, 9], [4] },
        { new GroupNormSpec { NumGroups = 2 }, [4, 3, 3], [4, 3, 3] },
        { new InstanceNormSpec { Affine = true }, [4, 9], [4, 9] },
        { new InstanceNormSpec { TrackRunningStats = true, Momentum = 0.2 }, [4, 3, 9], [4, 3, 9] },
        { new BatchNormSpec { CumulativeAverage = true, Affine = false }, [4, 9], [4, 9] },
        { new ConstantPadSpec { Padding = [1, 2], Value = 3 }, [4, 3, 3], [4, 5, 7] },
        { new ReflectionPadSpec { Padding = [2, 1] }, [4, 3], [4, 6] },
        { new ReplicationPadSpec { Padding = [1, 2, 3, 4] }, [4, 3, 3], [4, 6, 10] },
        { new UpsampleSpec { ScaleFactor = [2] }, [4, 3, 5], [4, 6, 10] },
        { new UpsampleSpec { Size = [7, 2], Mode = Interpolation.Bilinear }, [4, 3, 5], [4, 7, 2] },
        { new ChannelShuffleSpec { Groups = 2 }, [4, 3, 5], [4, 3, 5] },
        { new PermuteSpec { Dims = [2, 1] }, [24, 3], [3, 24] },
        { new ResidualSpec { Layers = [new Conv2dSpec { OutChannels = 4, Padding = s_same }], Activation = ActivationKind.Relu }, [4, 3, 5], [4, 3, 5] },
        { new ConcatSpec { Branches = [[], [new Conv2dSpec { OutChannels = 2, Padding = s_same }]] }, [4, 3, 5], [6, 3, 5] },
        { new ConcatSpec { Branches = [[], []], Dim = 2 }, [4, 3, 5], [4, 6, 5] },
    };

    [Theory]
    [MemberData(nameof(Results))]
    public void Sizes_follow_from_the_settings(LayerSpec layer, long[] sample, long[] result)
    {
        var definition = new NetworkDefinition { InputShape = sample, Layers = [layer] };

        Network.Build(definition).OutputShape.ShouldBe(new Shape(result));
        NetworkDefinition.FromJson(definition.ToJson()).ToJson().ShouldBe(definition.ToJson());
    }

    public static TheoryData<LayerSpec, long[], string> Misfits => new()
    {
        { new Conv1dSpec { OutChannels = 5 }, [9], "conv1d takes rows of (C, L), a sample here has the shape (9): put reshape before it" },
        { new ConvTranspose2dSpec { OutChannels = 2, Stride = [2], OutputPadding = [2] }, [3, 4, 5], "output padding (2, 2) must be at least 0 and less than the stride (2, 2)" },
        { new ConvTranspose2dSpec { OutChannels = 2, Padding = Padding2d.Parse("9", null) }, [3, 4, 5], "would become -12 × -11: pad less" },
        { new ConvTranspose2dSpec { OutChannels = 2, Padding = s_same, OutputPadding = [1] }, [3, 4, 5], "output_padding cannot be asked for" },
        { new GroupNormSpec { NumGroups = 3 }, [4, 3, 3], "groups 3 must divide the 4 channels" },
        { new InstanceNormSpec(), [4], "instance_norm takes samples of (C, L) or (C, H, W)" },
        { new ReflectionPadSpec { Padding = [3] }, [4, 3, 3], "reflects more than a picture of 3 × 3 has beside its edge" },
        { new ConstantPadSpec { Padding = [3, 1, 1] }, [4, 3, 3], "constant_pad takes rows of (C, L) with one or two numbers" },
        { new UpsampleSpec { ScaleFactor = [0.1] }, [4, 3, 3], "from 3 × 3 to 0 × 0" },
        { new PermuteSpec { Dims = [1, 1] }, [4, 3], "permute to [1, 1] is no order" },
        { new ChannelShuffleSpec { Groups = 3 }, [4, 3, 3], "a multiple of 3" },
        {
            new ResidualSpec { Layers = [new Conv2dSpec { OutChannels = 8, Padding = s_same }] }, [4, 3, 3],
            "layer 1 (residual) does not fit: Residual at '': the body gives (2, 8, 3, 3), what goes beside it is (2, 4, 3, 3): give a shortcut"
        },
        { new SequentialSpec { Layers = [new FlattenSpec(), new Conv2dSpec { OutChannels = 8 }] }, [4, 3, 3], "layer 1 (sequential) does not fit: its layer 2 (conv2d): conv2d takes pictures" },
        { new ConcatSpec { Branches = [[], [new FlattenSpec()]] }, [4, 3, 3], "Concat along dimension 1" },
        { new ConcatSpec { Branches = [] }, [4], "1 to 16 branches expected" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void A_layer_that_does_not_fit_says_why(LayerSpec layer, long[] sample, string message) =>
        Should.Throw<NetworkException>(() => Network.Build(new NetworkDefinition { InputShape = sample, Layers = [layer] })).Message.ShouldContain(message);

    [Fact]
    public void Layers_within_layers_are_named_by_their_path()
    {
        Network network = Network.Build(new NetworkDefinition
        {
            InputShape = [2, 4, 4],
            Layers =
            [
                new SequentialSpec
                {
                    Name = "layer1",
                    Layers =
                    [
                        new ResidualSpec
                        {
                            Layers = [new Conv2dSpec { Name = "conv1", OutChannels = 3, KernelSize = [1], Bias = false }, new BatchNormSpec { Name = "bn1" }],
                            Shortcut = [new Conv2dSpec { OutChannels = 3, KernelSize = [1], Bias = false }],
                        },
                    ],
                },
                new ConcatSpec { Branches = [[new Conv2dSpec { OutChannels = 1, KernelSize = [1], Bias = false }], []] },
            ],
        });

        network.Body.State().Select(s => s.Name).ShouldBe(
            ["layer1.0.conv1.weight", "layer1.0.bn1.weight", "layer1.0.bn1.bias", "layer1.0.bn1.running_mean", "layer1.0.bn1.running_var", "layer1.0.downsample.0.weight", "1.0.0.weight"]);
    }
}
