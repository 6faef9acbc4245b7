using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Models.Tests;

public class NetworkTests
{
    private static NetworkDefinition Digits(params LayerSpec[] end) => new()
    {
        InputShape = [1, 8, 8],
        Layers =
        [
            new Conv2dSpec { OutChannels = 32, Padding = Padding2d.Parse("same", null), Activation = ActivationKind.Relu },
            new MaxPool2dSpec(),
            new Conv2dSpec { OutChannels = 64, Padding = Padding2d.Parse("same", null), Activation = ActivationKind.Relu },
            new MaxPool2dSpec(),
            new FlattenSpec(),
            new LinearSpec { OutFeatures = 64, Activation = ActivationKind.Relu },
            new LinearSpec { OutFeatures = 10 },
            .. end,
        ],
        Output = OutputFunction.Softmax,
    };

    [Fact]
    public void Shapes_follow_from_the_input_and_names_are_those_of_a_pytorch_sequential()
    {
        Network network = Network.Build(Digits());

        network.OutputShape.ShouldBe(new Shape(10));
        network.Body.State().Select(s => $"{s.Name} {s.Value.Shape}").ShouldBe(
        [
            "0.weight (32, 1, 3, 3)", "0.bias (32)", "3.weight (64, 32, 3, 3)", "3.bias (64)",
            "7.weight (64, 256)", "7.bias (64)", "9.weight (10, 64)", "9.bias (10)",
        ]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_softmax_at_the_end_is_the_output_function_and_applied_once(bool written)
    {
        Network network = written ? Network.Build(Digits(new ActivationSpec { Function = ActivationKind.Softmax })) : Network.Build(Digits());
        network.Body.Initialize(seed: 3);
        Tensor x = Tensor.From<float>([.. Enumerable.Range(0, 64).Select(i => i / 64f)], new Shape(1, 1, 8, 8));

        float[] logits = network.Body.Call(x).ToArray<float>(), probabilities = network.Predict(x).ToArray<float>();

        (network.Fused is not null).ShouldBe(written);
        double sum = logits.Sum(v => Math.Exp(v));
        for (int i = 0; i < 10; i++)
            ((double)probabilities[i]).ShouldBe(Math.Exp(logits[i]) / sum, 1e-6);
    }

    [Fact]
    public void A_sigmoid_before_a_loss_of_values_stays_a_layer()
    {
        Network network = Network.Build(new NetworkDefinition
        {
            InputShape = [3],
            Layers = [new LinearSpec { OutFeatures = 1, Activation = ActivationKind.Sigmoid }],
        });

        network.Fused.ShouldBeNull();
        network.Body.Items.Count.ShouldBe(2);
    }

    [Fact]
    public void A_definition_is_the_same_after_json()
    {
        NetworkDefinition definition = Digits(new ActivationSpec { Function = ActivationKind.LeakyRelu, Slope = 0.2, Name = "last" }) with { InputType = DType.F32 };

        NetworkDefinition again = NetworkDefinition.FromJson(definition.ToJson());

        again.ToJson().ShouldBe(definition.ToJson());
        Network.Build(again).Body.State().Select(s => s.Name).ShouldBe(Network.Build(definition).Body.State().Select(s => s.Name));
    }

    public static TheoryData<LayerSpec, long[], string> Misfits => new()
    {
        { new Conv2dSpec { OutChannels = 8 }, [64], "layer 1 (conv2d) does not fit: conv2d takes pictures of (C, H, W), a sample here has the shape (64); each sample reaches it as (64)" },
        { new Conv2dSpec { OutChannels = 8, KernelSize = [9] }, [1, 8, 8], "layer 1 (conv2d) does not fit: " },
        { new LstmSpec { HiddenSize = 4 }, [64], "layer 1 (lstm) does not fit: a recurrent layer takes sequences of (T, C)" },
        { new EmbeddingSpec { NumEmbeddings = 10, EmbeddingDim = 4 }, [5], "layer 1 (embedding) does not fit: embedding takes ids in I64" },
        { new ReshapeSpec { Shape = [1, 9, 9] }, [64], "layer 1 (reshape) does not fit: reshape to (1, 9, 9) needs 81 values, a sample has 64" },
        { new ReshapeSpec { Shape = [int.MaxValue, int.MaxValue, int.MaxValue] }, [64], "layer 1 (reshape) does not fit: " },
        { new Conv2dSpec { OutChannels = 8, Groups = 3 }, [4, 8, 8], "layer 1 (conv2d) does not fit: Conv2d: groups 3 must divide" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void A_layer_that_does_not_fit_is_named(LayerSpec layer, long[] input, string message)
    {
        NetworkException e = Should.Throw<NetworkException>(() => Network.Build(new NetworkDefinition { InputShape = input, Layers = [layer] }));

        e.Message.ShouldStartWith(message);
        e.Layer.ShouldBe(0);
    }

    [Fact]
    public void Two_layers_of_one_name_are_refused() =>
        Should.Throw<NetworkException>(() => Network.Build(new NetworkDefinition
        {
            InputShape = [3],
            Layers = [new LinearSpec { OutFeatures = 3, Name = "a" }, new LinearSpec { OutFeatures = 3, Name = "a" }],
        })).Message.ShouldContain("two layers are named 'a'");

    [Fact]
    public void Recurrent_layers_give_their_last_step_or_all()
    {
        static Shape Output(LayerSpec layer) => Network.Build(new NetworkDefinition { InputShape = [7, 3], Layers = [layer] }).OutputShape;

        Output(new RnnSpec { HiddenSize = 5, Activation = RnnFunction.Relu }).ShouldBe(new Shape(5));
        Output(new GruSpec { HiddenSize = 5, ReturnSequences = true, NumLayers = 2 }).ShouldBe(new Shape(7, 5));
    }

    [Fact]
    public void Presets_end_with_the_outputs()
    {
        (PresetSpec Preset, long[] Input, long Parameters)[] presets =
        [
            (new MlpPreset { Hidden = [128, 64], Dropout = 0.1 }, [30], 30 * 128 + 128 + 128 * 64 + 64 + 64 * 7 + 7),
            (new CnnPreset(), [1, 28, 28], 9 * 32 + 32 + 9 * 32 * 64 + 64 + 1600 * 64 + 64 + 64 * 7 + 7),
            (new LeNet5Preset(), [1, 32, 32], 25 * 6 + 6 + 150 * 16 + 16 + 400 * 120 + 120 + 120 * 84 + 84 + 84 * 7 + 7),
        ];
        foreach ((PresetSpec preset, long[] input, long parameters) in presets)
        {
            Network network = Network.Build(new NetworkDefinition { InputShape = input, Layers = preset.Layers(new Shape(input), 7) });

            network.OutputShape.ShouldBe(new Shape(7));
            network.Body.Parameters().Sum(p => p.Value.Count).ShouldBe(parameters);
        }
    }
}
