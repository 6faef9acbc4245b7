using Sarsen.Formats;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Nn;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Models.Tests.Gpt;

/// <summary>A GPT that was built by a spec is read from its folder to answer with, with the bits that it was trained with.</summary>
public sealed class TrainedGptTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("sarsen-gpt-").FullName, "model");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    private static ModelManifest Manifest { get; } = new() { Name = "small", CreatedUnixMs = 1, Sarsen = "", Numerics = Numerics.Version };

    private static Network Build(params IReadOnlyList<LayerSpec> layers)
    {
        Network network = Network.Build(new NetworkDefinition { InputType = DType.I64, InputShape = [8], Layers = layers });
        network.Body.Initialize(1);
        return network;
    }

    private static Network Gpt(bool tied) => Build(new GptPreset { NLayer = 2, NEmbd = 24, NHead = 3, Dropout = 0.1, TieWordEmbeddings = tied }.Layers(new Shape(8), 31));

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void It_answers_as_it_was_trained(bool tied, bool half)
    {
        Network network = Gpt(tied);
        ModelFolder.Write(_folder, network, Manifest, half: half);

        LanguageModel read = ModelFolder.LoadLanguage(_folder, Workers.Serial);

        Logits(read).ShouldBe(Logits(ModelFolder.Load(_folder).Language!));
        if (!half)
            Logits(read).ShouldBe(Logits(network.Language!));
        // Matrices are in memory once, in the order of products.
        foreach (Parameter parameter in read.Parameters().Where(p => p.Shape.Rank == 2))
            parameter.Held.ShouldNotBeNull(parameter.Name);
    }

    [Fact]
    public void Weights_that_are_bytes_become_floats()
    {
        Network network = Gpt(tied: true);
        const string Name = "0.transformer.h.0.attn.c_proj.weight";
        Tensor weight = network.Body.State().First(s => s.Name == Name).Value;
        network.Quantise(new Dictionary<string, QuantisedWeight> { [Name] = QuantisedWeight.Of(weight, QuantisedWeight.StorageLimit) });
        ModelFolder.Write(_folder, network, Manifest);

        Logits(ModelFolder.LoadLanguage(_folder)).ShouldBe(Logits(ModelFolder.Load(_folder).Language!));
    }

    [Fact]
    public void Another_network_is_no_language_model()
    {
        ModelFolder.Write(_folder, Build(new EmbeddingSpec { NumEmbeddings = 5, EmbeddingDim = 4 }), Manifest);
        ModelFolder.IsAt(_folder).ShouldBeTrue();
        Should.Throw<ModelFormatException>(() => ModelFolder.LoadLanguage(_folder)).Message.ShouldContain("the network is no language model");
        ModelFolder.IsAt(Path.GetDirectoryName(_folder)!).ShouldBeFalse();
    }

    private static float[] Logits(LanguageModel model)
    {
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return model.Call(scope.From<long>([3, 1, 4, 1, 5, 9, 2, 6], new Shape(1, 8))).ToArray<float>();
    }
}
