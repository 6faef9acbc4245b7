using Sarsen.Formats;
using Sarsen.Nn;
using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Losses;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Optimizers;
using Sarsen.Nn.Schedules;
using Sarsen.Tensors;

namespace Sarsen.Samples;

/// <summary>The program of docs/coming-from-pytorch.md: a test runs it and holds the page to it.</summary>
public static class FromPyTorch
{
    /// <param name="x">(N, 64) in F32.</param>
    /// <param name="y">(N) in I64.</param>
    /// <param name="path">Where the weights go.</param>
    /// <returns>The part of the samples that are told right.</returns>
    public static double Train(Tensor x, Tensor y, string path)
    {
        // The page begins here.
        var model = new Sequential(
            new Linear(64, 64), new Activation(ActivationFunction.Relu),
            new Dropout(0.1), new Linear(64, 10));
        model.Initialize(seed: 1);
        var loss = new CrossEntropyLoss();
        var optimizer = new AdamW(model, weightDecay: 0.01,
            groups: [new ParameterGroup { MaxRank = 1, WeightDecay = 0 }]);
        var schedule = new CosineSchedule();

        using var arena = new Arena();
        using var tape = new Tape();
        long batches = x.Shape[0] / 32, steps = 10 * batches;
        for (long step = 0; step < steps; step++)
        {
            long from = step % batches * 32;
            model.ZeroGrad();
            using Scope scope = arena.Begin(Mode.Training, tape, new Rng(1, "train", step));
            Tensor output = model.Call(x.Slice(0, from, from + 32));
            tape.Backward(loss.Call(output, y.Slice(0, from, from + 32)));
            optimizer.ClipGradientNorm(1);
            optimizer.Step(1e-2 * schedule.FactorAt(step, batches, steps));
        }

        using Scope evaluation = arena.Begin(Mode.Inference);
        long[] told = model.Call(x).ArgMax(1).ToArray<long>();
        double accuracy = told.Zip(y.ToArray<long>(), (a, b) => a == b ? 1.0 : 0).Average();
        SafetensorsWriter.Write(path, model.State().Select(s => (s.Name, s.Value)));
        // The page ends here.
        return accuracy;
    }
}
