using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Models.Tests.Decoders;

/// <summary>A decoder that was built by a spec is written as a folder of Hugging Face's layout, and read from it by either way.</summary>
public sealed class TrainedDecoderTests : IDisposable
{
    private static readonly DecoderPreset Preset = new() { NumHiddenLayers = 2, HiddenSize = 24, NumAttentionHeads = 4, NumKeyValueHeads = 2, IntermediateSize = 20 };

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("sarsen-decoder-").FullName, "model");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_a_llama_for_those_who_know_only_the_layout(bool tied)
    {
        Network network = Write(Preset with { TieWordEmbeddings = tied });

        DecoderModel read = DecoderFiles.Load(HuggingFaceFolder.Read(_folder));

        read.Config.ShouldBe(((DecoderModel)network.Language!).Config);
        Logits(read).ShouldBe(Logits(network.Language!));
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(_folder, ModelFolder.WeightsFile));
        file.Metadata["format"].ShouldBe("pt");
        file.ShapeOf("model.layers.1.self_attn.k_proj.weight").ShouldBe(new Shape(12, 24));
        file.ShapeOf("model.layers.0.mlp.gate_proj.weight").ShouldBe(new Shape(20, 24));
        file.Contains("lm_head.weight").ShouldBe(!tied);
        file.Entries.ShouldAllBe(e => !e.Name.Contains("qkv") && !e.Name.Contains("up_gate"));
    }

    [Fact]
    public void It_is_the_same_network_to_the_bit()
    {
        Network network = Write(Preset), read = ModelFolder.Load(_folder);

        foreach ((var was, var now) in network.Body.State().Zip(read.Body.State()))
            now.Value.AsSpan<float>().SequenceEqual(was.Value.AsSpan<float>()).ShouldBeTrue(was.Name);
        Network other = Build(Preset, seed: 2);
        ModelFolder.ReadWeights(other, Path.Combine(_folder, ModelFolder.WeightsFile));
        Logits(other.Language!).ShouldBe(Logits(network.Language!));
    }

    [Fact]
    public void It_is_stored_in_half_the_bytes_but_not_as_bytes()
    {
        Network network = Build(Preset);
        ModelFolder.Write(_folder, network, Manifest, half: true);
        using (SafetensorsFile file = SafetensorsFile.Open(Path.Combine(_folder, ModelFolder.WeightsFile)))
            file.Entry("model.embed_tokens.weight").DType.ShouldBe(DType.F16);
        Logits(DecoderFiles.Load(HuggingFaceFolder.Read(_folder))).Zip(Logits(network.Language!)).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 1e-3);

        Tensor weight = network.Body.State().First(s => s.Name.EndsWith("o_proj.weight", StringComparison.Ordinal)).Value;
        network.Quantise(new Dictionary<string, QuantisedWeight> { ["0.model.layers.0.self_attn.o_proj.weight"] = new(Tensor.Empty(DType.I8, weight.Shape), Tensor.Empty(DType.F32, new Shape(24))) });
        Should.Throw<NetworkException>(() => ModelFolder.Write(_folder, network, Manifest)).Message.ShouldContain("keep this model in f32 or f16");
    }

    [Fact]
    public void Its_folder_is_of_one_model()
    {
        Write(Preset);
        string config = Path.Combine(_folder, ModelFolder.NetworkFile);
        string text = File.ReadAllText(config);
        text.ShouldContain("\"hidden_size\": 24");
        File.WriteAllText(config, text.Replace("\"hidden_size\": 24", "\"hidden_size\": 48", StringComparison.Ordinal));
        Should.Throw<ModelFormatException>(() => ModelFolder.Load(_folder)).Message.ShouldContain("which does not fit");
        JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "config.json"))).RootElement.GetProperty("model_type").GetString().ShouldBe("llama");
    }

    [Fact]
    public void Heads_share_the_vector_and_ids_come_in()
    {
        Should.Throw<NetworkException>(() => Build(Preset with { NumAttentionHeads = 5, NumKeyValueHeads = null })).Message.ShouldContain("5 heads cannot share 24 elements");
        Should.Throw<NetworkException>(() => Build(Preset with { NumKeyValueHeads = 3 })).Message.ShouldContain("4 heads cannot share 3 heads of keys and values");
        Should.Throw<NetworkException>(() => Network.Build(new NetworkDefinition { InputShape = [8], Layers = [new DecoderSpec { VocabSize = 5 }] })).Message.ShouldContain("decoder takes ids (T) in I64");
        Should.Throw<ArgumentException>(() => new DecoderSpec { VocabSize = 10 }.WithVocabulary(11, "layer 1 (decoder)")).Message.ShouldStartWith("layer 1 (decoder) has 10 vectors");
        ((DecoderModel)Build(new DecoderPreset { HiddenSize = 128, NumAttentionHeads = 4, NumHiddenLayers = 1 }).Language!).Config.IntermediateSize.ShouldBe(352);
    }

    private static ModelManifest Manifest { get; } = new() { Name = "small", CreatedUnixMs = 1, Sarsen = "", Numerics = Numerics.Version };

    private Network Write(DecoderPreset preset)
    {
        Network network = Build(preset);
        ModelFolder.Write(_folder, network, Manifest);
        return network;
    }

    private static Network Build(DecoderPreset preset, ulong seed = 1)
    {
        Network network = Network.Build(new NetworkDefinition { InputType = DType.I64, InputShape = [8], Layers = preset.Layers(new Shape(8), 31) });
        network.OutputShape.ShouldBe(new Shape(8, 31));
        network.Body.Initialize(seed);
        return network;
    }

    private static float[] Logits(LanguageModel model)
    {
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return model.Call(scope.From<long>([3, 1, 4, 1, 5, 9, 2, 6], new Shape(1, 8))).ToArray<float>();
    }
}
