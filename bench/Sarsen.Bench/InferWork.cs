using Sarsen.Models;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>A prediction, as deployments make it.</summary>
internal sealed class InferWork(Network network, Samples samples) : Work
{
    private readonly Arena _arena = new();

    public static InferWork Of(Subject subject, int batch)
    {
        Network network = subject.Build();
        return new InferWork(network, new Samples(network, batch, 64));
    }

    public override void Run()
    {
        (Tensor input, _) = samples.Next();
        using Scope scope = _arena.Begin(Mode.Inference);
        _ = network.Predict(input);
    }

    public override void Dispose() => _arena.Dispose();
}
