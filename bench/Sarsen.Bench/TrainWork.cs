using Sarsen.Models;
using Sarsen.Nn.Autograd;
using Sarsen.Nn.Losses;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>A training step: forward, loss, backward, optimizer.</summary>
internal sealed class TrainWork : Work
{
    // Tiny, so that the weights stay those of a network that learns; see Samples.
    private const double Rate = 1e-5;

    private readonly Network _network;
    private readonly Samples _samples;
    private readonly Optimizer _optimizer;
    private readonly CrossEntropyLoss _loss = new();
    private readonly Tape _tape = new();
    private readonly Arena _arena = new();
    private long _step;

    public TrainWork(Subject subject, Network network, Samples samples)
    {
        (_network, _samples) = (network, samples);
        _optimizer = subject.Optimizer(network.Body);
    }

    public static TrainWork Of(Subject subject, int batch)
    {
        Network network = subject.Build();
        return new TrainWork(subject, network, new Samples(subject, network, batch, 64));
    }

    public override void Run()
    {
        (Tensor input, Tensor target) = _samples.Next();
        _network.Body.ZeroGrad();
        using (_arena.Begin(Mode.Training, _tape, new Rng(1, "step", _step++)))
        {
            Tensor loss = _loss.Call(_network.Body.Call(input), target);
            if (!double.IsFinite(loss.Item()))
                throw new InvalidOperationException("the loss is not finite: what is timed is no training");
            _tape.Backward(loss);
        }
        _optimizer.Step(Rate);
    }

    public override void Dispose() => _arena.Dispose();
}
