using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Losses;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Tests.Contracts;

/// <summary>Small networks with a batch of their own, on which the engine's contracts are checked.</summary>
internal sealed class TestNetwork
{
    public const int Batch = 6;
    private const int Classes = 3;
    private readonly Tensor _x;
    private readonly Tensor _y;

    private TestNetwork(Module module, Shape sample, DType type)
    {
        Module = module;
        Module.Initialize(5);
        var shape = new Shape([Batch, .. sample.AsSpan()]);
        _x = SampleTensor(shape, type);
        _y = Tensor.From<long>([0, 2, 1, 1, 0, 2], new Shape(Batch));
        Optimizer = new AdamW(module);
    }

    public static TheoryData<string> Names => ["mlp", "cnn", "deep cnn", "lstm", "gru", "rnn", "bidirectional", "transformer"];

    public Module Module { get; }

    public Optimizer Optimizer { get; }

    public Loss Loss { get; } = new CrossEntropyLoss(labelSmoothing: 0.1);

    public Shape Input => _x.Shape;

    public static TestNetwork Make(string name, DType type = DType.F32) => name switch
    {
        "mlp" => new(new Sequential(
            new Linear(7, 20, type: type), new Activation(ActivationFunction.Gelu), new LayerNorm(20, type: type), new Dropout(0.3),
            new Linear(20, Classes, type: type)), new Shape(7), type),
        "cnn" => new(new Sequential(
            new Conv2d(2, 6, new Window2d(3, 3).WithPadding(1), type: type), new BatchNorm2d(6, type: type), new Activation(ActivationFunction.Silu),
            new AvgPool2d(2), new Conv2d(6, 4, new Window2d(3, 3), groups: 2, type: type), new Activation(ActivationFunction.Tanh), new MaxPool2d(2),
            new Flatten(), new Dropout(0.2), new Linear(4, Classes, type: type)), new Shape(2, 8, 9), type),
        // Channels and planes for which convolutions go through Winograd's transforms, of both sizes.
        "deep cnn" => new(new Sequential(
            new Conv2d(2, 16, new Window2d(3, 3).WithPadding(1), type: type), new Activation(ActivationFunction.Tanh),
            new Conv2d(16, 16, new Window2d(3, 3).WithPadding(1), type: type), new BatchNorm2d(16, type: type), new Activation(ActivationFunction.Silu),
            new Conv2d(16, 17, new Window2d(3, 3), type: type), new AvgPool2d(2), new Flatten(), new Linear(17 * 3 * 3, Classes, type: type)), new Shape(2, 8, 8), type),
        "lstm" => new(new Sequential(new Lstm(4, 9, numLayers: 2, batchFirst: true, dropout: 0.25, type: type), new LastStep(), new Linear(9, Classes, type: type)), new Shape(5, 4), type),
        "gru" => new(new Sequential(new Gru(4, 9, batchFirst: true, type: type), new LastStep(), new Linear(9, Classes, type: type)), new Shape(5, 4), type),
        "rnn" => new(new Sequential(new Rnn(4, 9, numLayers: 2, batchFirst: true, type: type), new LastStep(), new Linear(9, Classes, type: type)), new Shape(5, 4), type),
        "transformer" => new(new Sequential(
            new SinusoidalEmbedding(5, 12, type), new TransformerEncoderLayer(12, 3, 20, 0.2, ActivationFunction.Gelu, normFirst: true, type: type), new RotaryEmbedding(4, type: type),
            new MultiheadAttention(12, 2, causal: true, window: 3, type: type), new RmsNorm(12, type: type), new LastStep(), new Linear(12, Classes, type: type)), new Shape(5, 12), type),
        "bidirectional" => new(new Sequential(
            new Gru(4, 6, numLayers: 2, batchFirst: true, dropout: 0.2, type: type, bidirectional: true), new LastStep(reversed: 6), new Glu(GluGate.Gelu),
            new PRelu(type: type), new Linear(6, Classes, type: type)), new Shape(5, 4), type),
        _ => throw new ArgumentException(name),
    };

    /// <summary>Forward and backward, as the trainer does it.</summary>
    public double Backward(Arena arena, Tape tape, long step = 0)
    {
        Module.ZeroGrad();
        using Scope scope = arena.Begin(Mode.Training, tape, new Rng(1, "step", step));
        return tape.Backward(Loss.Call(Module.Call(_x), _y));
    }

    public double Step(Arena arena, Tape tape, long step)
    {
        double loss = Backward(arena, tape, step);
        Optimizer.ClipGradientNorm(0.5, arena.Workers);
        Optimizer.Step(0.01, arena.Workers);
        return loss;
    }

    /// <summary>The losses of some steps, and then all parameters and buffers.</summary>
    public double[] Train(Workers workers, int steps)
    {
        using var arena = new Arena(workers);
        var tape = new Tape();
        var losses = new double[steps];
        for (int i = 0; i < steps; i++)
            losses[i] = Step(arena, tape, i);
        return [.. losses, .. Module.State().SelectMany(s => Autograd.SampleTensors.Values(s.Value))];
    }

    public double LossAt()
    {
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Training, rng: new Rng(1, "step"));
        return Loss.Call(Module.Call(_x), _y).Item();
    }

    /// <summary>The answers to samples <paramref name="first"/> and on, as a request for them alone would get them.</summary>
    public float[] Predict(int first, int count, Workers? workers = null)
    {
        using var arena = new Arena(workers ?? Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return Module.Call(_x.Slice(0, first, first + count)).ToArray<float>();
    }

    private static Tensor SampleTensor(in Shape shape, DType type)
    {
        var rng = new Rng(2, "samples");
        double[] values = [.. Enumerable.Range(0, (int)shape.Count).Select(i => rng.Uniform(i) * 4.0 - 2)];
        return Autograd.SampleTensors.Make(new SampleInput(shape, Grad: false), values, type);
    }
}
