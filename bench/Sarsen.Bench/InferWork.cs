using Sarsen.Models;
using Sarsen.Nn.Plans;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Bench;

/// <summary>A prediction, as deployments make it: by the compiled network, on an input that lies in memory, one and the same as the peers have.</summary>
internal sealed class InferWork : Work
{
    private readonly Samples _samples;
    private readonly PlanRunner _runner;

    private InferWork(Subject subject, Network network, int batch, bool asBytes)
    {
        _samples = new Samples(subject, network, batch, 1);
        if (asBytes)
            network.Quantise(Bytes(network, _samples.Next().Input));
        _runner = new PlanRunner(network.ToPlan());
    }

    /// <summary>A network as it is built.</summary>
    public static InferWork Of(Subject subject, int batch) => new(subject, subject.Build(), batch, asBytes: false);

    /// <summary>The same with weights and the inputs of its products as bytes, calibrated on the very input where that can be.</summary>
    public static InferWork AsBytes(Subject subject, int batch) => new(subject, subject.Build(), batch, asBytes: true);

    private static Dictionary<string, QuantisedWeight> Bytes(Network network, Tensor input)
    {
        var calibration = new Calibration();
        using var runner = new PlanRunner(network.ToPlan(options: new PlanOptions { Calibration = calibration }));
        runner.Run(input.Shape, input.Bytes);
        HashSet<string> products = [.. runner.Layout.Steps.SelectMany(step => step.QuantisableWeights)];
        return network.Body.State().Where(state => products.Contains(state.Name))
            .ToDictionary(state => state.Name, state => QuantisedWeight.Of(
                state.Value, QuantisedWeight.ProductLimit, calibration.Ranges.TryGetValue(state.Name, out InputRange range) ? range : null));
    }

    public override void Run()
    {
        (Tensor input, _) = _samples.Next();
        _runner.Run(input.Shape, input.Bytes);
        if (!float.IsFinite(_runner.Output<float>()[0]))
            throw new InvalidOperationException("a prediction is not finite: what is timed is no inference");
    }

    public override void Dispose() => _runner.Dispose();
}
