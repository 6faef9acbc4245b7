using Sarsen.Models;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>The networks that both sides build alike; <c>bench/peers/torch_side.py</c> has the other half.</summary>
internal static class Networks
{
    public static IReadOnlyList<string> Names { get; } = ["mlp", "cnn", "lenet5", "rnn", "lstm"];

    public static Network? Of(string name)
    {
        (long[] input, IReadOnlyList<LayerSpec> layers)? found = name switch
        {
            "mlp" => ([784], new MlpPreset().Layers(new Shape(784), 10)),
            "cnn" => ([1, 28, 28], new CnnPreset().Layers(new Shape(1, 28, 28), 10)),
            "lenet5" => ([1, 32, 32], new LeNet5Preset().Layers(new Shape(1, 32, 32), 10)),
            "rnn" => ([50, 100], [new RnnSpec { HiddenSize = 256 }, new LinearSpec { OutFeatures = 10 }]),
            "lstm" => ([50, 100], [new LstmSpec { HiddenSize = 256 }, new LinearSpec { OutFeatures = 10 }]),
            _ => null,
        };
        if (found is not var (shape, specs))
            return null;
        Network network = Network.Build(new NetworkDefinition { InputShape = shape, Layers = specs, Output = OutputFunction.Softmax });
        network.Body.Initialize(seed: 1);
        return network;
    }

    /// <summary>Learning rates are tiny: a network that memorises its batches drives gradients into denormals, which slows every later step.</summary>
    public static (Optimizer Optimizer, double Rate) OptimizerOf(string name, Module module) =>
        name == "lenet5" ? (new Sgd(module, momentum: 0.9), 1e-4) : (new Adam(module), 1e-5);
}
