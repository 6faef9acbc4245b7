using Sarsen.Models.Encoders;
using Sarsen.Models.Gpt;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Models.Tests.Encoders;

public class TransformerEncoderTests
{
    private static Network Build(EncoderPooling pooling, int? padding = 0)
    {
        var spec = new TransformerEncoderSpec { NumEmbeddings = 20, PaddingIdx = padding, DModel = 24, NumHeads = 3, Pooling = pooling, Positions = EncoderPositions.None };
        Network network = Network.Build(new NetworkDefinition { InputType = DType.I64, InputShape = [8], Layers = [spec, new LinearSpec { OutFeatures = 4 }] });
        network.Body.Initialize(5);
        return network;
    }

    private static float[] Predict(Network network, params long[] ids)
    {
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return network.Predict(scope.From<long>(ids, new Shape(ids.Length / 8, 8))).ToArray<float>();
    }

    /// <summary>Padding before or behind, other samples: none of it moves a bit.</summary>
    [Theory]
    [InlineData(EncoderPooling.Mean)]
    [InlineData(EncoderPooling.First)]
    public void Padding_counts_for_nothing(EncoderPooling pooling)
    {
        Network network = Build(pooling);
        float[] behind = Predict(network, 3, 9, 4, 0, 0, 0, 0, 0);
        Predict(network, 3, 9, 4, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8)[..4].ShouldBe(behind);
        Predict(network, 0, 0, 0, 0, 0, 3, 9, 4).ShouldBe(behind, 1e-6);
        Predict(network, 3, 9, 4, 1, 0, 0, 0, 0).ShouldNotBe(behind);
        Predict(Build(pooling, padding: null), 3, 9, 4, 0, 0, 0, 0, 0).ShouldNotBe(behind);
    }

    [Fact]
    public void Only_padding_is_a_sequence_too() => Predict(Build(EncoderPooling.Mean), new long[8]).ShouldAllBe(x => float.IsFinite(x));

    [Fact]
    public void Presets_and_layers_build_and_survive_json()
    {
        (IReadOnlyList<LayerSpec> Layers, DType Type, long[] Input, Shape Output)[] networks =
        [
            (new GptPreset { NLayer = 2, NEmbd = 24, NHead = 3 }.Layers(new Shape(16), 65), DType.I64, [16], new Shape(16, 65)),
            (Sized(new TransformerEncoderPreset { DModel = 24, NumHeads = 3 }.Layers(new Shape(16), 2)), DType.I64, [16], new Shape(2)),
            (Sized(new TransformerEncoderPreset { DModel = 24, NumHeads = 3, Pooling = EncoderPooling.None }.Layers(new Shape(16), 2)), DType.I64, [16], new Shape(16, 2)),
            (new TransformerEncoderPreset { DModel = 24, NumHeads = 3 }.Layers(new Shape(16, 5), 2), DType.F32, [16, 5], new Shape(2)),
            ([
                new PositionEmbeddingSpec(), new RmsNormSpec(), new MultiheadAttentionSpec { NumHeads = 2, Causal = true, Window = 4 },
                new TransformerEncoderLayerSpec { NumHeads = 3, NormFirst = true }, new PositionEmbeddingSpec { Kind = EncoderPositions.Learned },
            ], DType.F32, [10, 6], new Shape(10, 6)),
        ];
        foreach ((IReadOnlyList<LayerSpec> layers, DType type, long[] input, Shape output) in networks)
        {
            var definition = new NetworkDefinition { InputType = type, InputShape = input, Layers = layers };
            Network network = Network.Build(NetworkDefinition.FromJson(definition.ToJson()));
            network.OutputShape.ShouldBe(output);
        }
    }

    private static IReadOnlyList<LayerSpec> Sized(IReadOnlyList<LayerSpec> layers) => [.. layers.Select(l => l.WithVocabulary(30, "a layer"))];

    [Fact]
    public void A_vocabulary_larger_than_the_layer_is_refused() =>
        Should.Throw<ArgumentException>(() => new GptSpec { VocabSize = 10 }.WithVocabulary(11, "layer 1 (gpt)")).Message.ShouldStartWith("layer 1 (gpt) has 10 vectors, the vocabulary has 11 ids");

    [Fact]
    public void Gpt_of_the_benchmark_has_its_parameters()
    {
        Network network = Network.Build(new NetworkDefinition { InputType = DType.I64, InputShape = [256], Layers = new GptPreset().Layers(new Shape(256), 65) });
        network.Body.Parameters().Sum(p => p.Value.Count).ShouldBe(10_770_816);
        network.Body.Items[0].ShouldBeOfType<GptModel>().KvShape.ShouldBe(new KvShape(6, 6, 64));
    }
}
