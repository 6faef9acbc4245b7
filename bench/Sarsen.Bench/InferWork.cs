using Sarsen.Models;
using Sarsen.Nn.Plans;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>A prediction, as deployments make it: by the compiled network, on an input that lies in memory, one and the same as the peers have.</summary>
internal sealed class InferWork : Work
{
    private readonly Samples _samples;
    private readonly PlanRunner _runner;

    private InferWork(Subject subject, Network network, int batch)
    {
        _samples = new Samples(subject, network, batch, 1);
        _runner = new PlanRunner(new Plan(network.Predict, network.Body, network.Definition.InputType));
    }

    public static InferWork Of(Subject subject, int batch) => new(subject, subject.Build(), batch);

    public override void Run()
    {
        (Tensor input, _) = _samples.Next();
        _runner.Run(input.Shape, input.Bytes);
        if (!float.IsFinite(_runner.Output<float>()[0]))
            throw new InvalidOperationException("a prediction is not finite: what is timed is no inference");
    }

    public override void Dispose() => _runner.Dispose();
}
