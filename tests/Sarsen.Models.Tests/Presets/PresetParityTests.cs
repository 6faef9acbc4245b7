using System.Text.Json;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Nn;
using Sarsen.Nn.Autograd;
using Sarsen.Nn.Losses;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Models.Tests.Presets;

/// <summary>ResNet and MobileNetV2 have torchvision's names and give what PyTorch gives; presets_golden.py wrote what that is.</summary>
public class PresetParityTests
{
    private static readonly Golden s_golden = JsonSerializer.Deserialize<Golden>(
        File.ReadAllText(Repository.PathOf("tests", "Sarsen.Models.Tests", "Presets", "presets_golden.json")),
        new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })!;

    private sealed record Golden(Case[] Cases, double[] Resnet18Losses);

    private sealed record Case(string Name, int Size, string[] State, double[] Logits);

    private static PresetSpec PresetOf(string name) => name switch
    {
        "resnet18 small" => new ResNet18Preset { Width = 8, Stem = ResNetStem.Small },
        "resnet18 imagenet" => new ResNet18Preset { Width = 8 },
        "resnet34" => new ResNet34Preset { Width = 4, Stem = ResNetStem.Small },
        "resnet50" => new ResNet50Preset { Width = 4 },
        "mobilenet_v2" => new MobileNetV2Preset { WidthMultiplier = 0.35 },
        "mobilenet_v2 small" => new MobileNetV2Preset { WidthMultiplier = 0.25, SmallPictures = true },
        _ => throw new ArgumentException(name),
    };

    public static TheoryData<string> Names => [.. s_golden.Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void State_and_logits_are_those_of_PyTorch(string name)
    {
        Case golden = s_golden.Cases.Single(c => c.Name == name);
        Network network = Build(PresetOf(name), golden.Size, golden.Logits.Length / 2);
        network.Body.State().Select(s => $"{s.Name} {s.Value.Shape}").Order(StringComparer.Ordinal).ShouldBe(golden.State.Order(StringComparer.Ordinal));
        Fill(network, [.. golden.State.Select(s => s.Split(' ')[0])]);

        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        float[] logits = network.Body.Call(Pictures(scope, 2, golden.Size)).ToArray<float>();

        GoldenValues.Check(Array.ConvertAll(logits, v => (double)v), golden.Logits, GoldenValues.SingleError, "logits");
    }

    [Fact]
    public void Twenty_steps_of_ResNet18_lose_what_they_lose_in_PyTorch()
    {
        Network network = Build(new ResNet18Preset { Width = 4, Stem = ResNetStem.Small }, 12, 4);
        // The order of PyTorch's state dict is that of the modules, as it is here.
        Fill(network, [.. network.Body.State().Select(s => s.Name)]);
        var optimizer = new Sgd(network.Body, momentum: 0.9, weightDecay: 1e-3);
        var loss = new CrossEntropyLoss();
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        for (int step = 0; step < 20; step++)
        {
            network.Body.ZeroGrad();
            double value;
            using (Scope scope = arena.Begin(Mode.Training, tape, new Rng(1, "step", step)))
                value = tape.Backward(loss.Call(network.Body.Call(Pictures(scope, 8, 12)), scope.From<long>([0, 1, 2, 3, 0, 1, 2, 3], new Shape(8))));
            optimizer.Step(0.002, Workers.Serial);
            value.ShouldBe(s_golden.Resnet18Losses[step], GoldenValues.SingleLossError * s_golden.Resnet18Losses[step], $"step {step}");
        }
    }

    private static Network Build(PresetSpec preset, int size, int outputs) => Network.Build(new NetworkDefinition
    {
        InputShape = [3, size, size],
        Layers = preset.Layers(new Shape(3, size, size), outputs),
    });

    private static double Value(long i, long k) => (i * 2654435761 + 40503 * k) % 65536 / 65536.0 - 0.5;

    private static Tensor Pictures(Scope scope, int count, int size) =>
        scope.From<float>([.. Enumerable.Range(0, count * 3 * size * size).Select(i => (float)Value(i, 0))], new Shape(count, 3, size, size));

    private static void Fill(Network network, string[] order)
    {
        Dictionary<string, Tensor> state = network.Body.State().ToDictionary(s => s.Name, s => s.Value);
        for (int k = 0; k < order.Length; k++)
        {
            Tensor tensor = state[order[k]];
            double scale = tensor.Rank > 1 ? 3.4 / Math.Sqrt(tensor.Count / tensor.Shape[0]) : 1;
            double shift = tensor.Rank == 1 && (order[k].EndsWith("weight") || order[k].EndsWith("running_var")) ? 1 : 0;
            Span<float> elements = tensor.AsSpan<float>();
            for (int i = 0; i < elements.Length; i++)
                elements[i] = (float)(Value(i, k + 1) * scale + shift);
        }
    }
}
