using Sarsen.Models;
using Sarsen.Models.Layers;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>A network that both sides build alike, and how it is trained and asked.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="Input">The sizes of one sample.</param>
/// <param name="Layers">What it is made of.</param>
internal sealed record Subject(string Name, IReadOnlyList<long> Input, IReadOnlyList<LayerSpec> Layers)
{
    /// <summary>How many different ids the input may hold; null where it is numbers.</summary>
    public long? Ids { get; init; }

    /// <summary>Samples of a training step.</summary>
    public int TrainingBatch { get; init; } = 32;

    /// <summary>Samples of a prediction.</summary>
    public IReadOnlyList<int> PredictionBatches { get; init; } = [1, 32];

    public required Func<Module, Optimizer> Optimizer { get; init; }

    /// <summary>The network, with its weights. It gives logits, as the peers' do.</summary>
    public Network Build()
    {
        Network network = Network.Build(new NetworkDefinition
        {
            InputType = Ids is null ? DType.F32 : DType.I64,
            InputShape = Input,
            Layers = Layers,
        });
        network.Body.Initialize(seed: 1);
        return network;
    }
}
