using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>The networks of the benchmarks; <c>bench/peers/networks.py</c> has the other half, under the same names.</summary>
internal static class Networks
{
    public static IReadOnlyList<Subject> All { get; } =
    [
        new("mlp", [784], new MlpPreset().Layers(new Shape(784), 10)) { Optimizer = module => new Adam(module) },
        new("cnn", [1, 28, 28], new CnnPreset().Layers(new Shape(1, 28, 28), 10)) { Optimizer = module => new Adam(module) },
        new("lenet5", [1, 32, 32], new LeNet5Preset().Layers(new Shape(1, 32, 32), 10)) { Optimizer = module => new Sgd(module, momentum: 0.9) },
        new("rnn", [50, 100], [new RnnSpec { HiddenSize = 256 }, new LinearSpec { OutFeatures = 10 }]) { Optimizer = module => new Adam(module) },
        new("lstm", [50, 100], [new LstmSpec { HiddenSize = 256 }, new LinearSpec { OutFeatures = 10 }]) { Optimizer = module => new Adam(module) },
        new("resnet18", [3, 32, 32], new ResNet18Preset { Stem = ResNetStem.Small }.Layers(new Shape(3, 32, 32), 10)) { Optimizer = module => new Sgd(module, momentum: 0.9) },
        new("gpt", [256], new GptPreset().Layers(new Shape(256), 65))
        {
            Ids = 65,
            TrainingBatch = 8,
            PredictionBatches = [1],
            Optimizer = module => new AdamW(module),
        },
    ];

    public static Subject Of(string name) => All.First(subject => subject.Name == name);
}
