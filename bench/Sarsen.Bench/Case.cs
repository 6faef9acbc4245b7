using Sarsen.Models;
using Sarsen.Nn.Autograd;
using Sarsen.Nn.Losses;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>Work that is timed: one training step, or one prediction, on one of sixty-four batches in turn.</summary>
internal abstract class Case : IDisposable
{
    private const int Batches = 64;

    private readonly Tensor[] _inputs, _targets;
    private int _next;

    private protected Case(Network network, int batch)
    {
        Network = network;
        var rng = new Rng(2, "bench");
        Shape shape = network.InputShape(batch);
        (_inputs, _targets) = (new Tensor[Batches], new Tensor[Batches]);
        for (int b = 0; b < Batches; b++)
        {
            var values = new float[shape.Count];
            for (long i = 0; i < values.Length; i++)
                values[i] = (float)rng.AtStep(b).Normal(i);
            var classes = new long[batch];
            for (int i = 0; i < batch; i++)
                classes[i] = rng.AtStep(b).Stream("class").Below(i, 10);
            (_inputs[b], _targets[b]) = (Tensor.From(values, shape), Tensor.From(classes, new Shape(batch)));
        }
    }

    public static IReadOnlyList<string> Kinds { get; } = ["train", "infer"];

    public static Case? Of(string kind, string name, int batch) => (kind, Networks.Of(name)) switch
    {
        ("train", { } network) => new TrainCase(network, name, batch),
        ("infer", { } network) => new InferCase(network, batch),
        _ => null,
    };

    private protected Network Network { get; }

    private protected Arena Arena { get; } = new();

    public void Run()
    {
        Run(_inputs[_next], _targets[_next]);
        _next = (_next + 1) % Batches;
    }

    private protected abstract void Run(Tensor input, Tensor target);

    public void Dispose() => Arena.Dispose();

    private sealed class TrainCase(Network network, string name, int batch) : Case(network, batch)
    {
        private readonly (Optimizer Optimizer, double Rate) _optimizer = Networks.OptimizerOf(name, network.Body);
        private readonly CrossEntropyLoss _loss = new();
        private readonly Tape _tape = new();
        private long _step;

        private protected override void Run(Tensor input, Tensor target)
        {
            Network.Body.ZeroGrad();
            using (Arena.Begin(Mode.Training, _tape, new Rng(1, "step", _step++)))
                _tape.Backward(_loss.Call(Network.Body.Call(input), target));
            _optimizer.Optimizer.Step(_optimizer.Rate);
        }
    }

    private sealed class InferCase(Network network, int batch) : Case(network, batch)
    {
        private protected override void Run(Tensor input, Tensor target)
        {
            using Scope scope = Arena.Begin(Mode.Inference);
            _ = Network.Body.Call(input);
        }
    }
}
