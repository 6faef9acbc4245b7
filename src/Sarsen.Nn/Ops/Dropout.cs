using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = x m / (1 - p), m being 1 with probability 1 - p; dx = dy m / (1 - p). The mask is made again in backward: it
/// follows from the stream, the step, the global sample (the first dimension) and the element.
/// </summary>
public sealed unsafe class DropoutOp : Op
{
    internal static readonly DropoutOp Instance = new();

    internal readonly record struct Use(double Probability, Rng Rng);

    public override string Name => "dropout";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        FloatPair.Check(Name, s.Inputs);
        s.Output(s.Inputs[0].DType, s.Inputs[0].Shape);
    }

    public override void Forward(in OpArgs a) => Mask(a, a.Inputs[0], a.Outputs[0]);

    public override void Backward(in OpArgs a) => Mask(a, a.OutputGrads[0], a.InputGrads[0]);

    private static void Mask(in OpArgs a, in TensorView from, in TensorView to)
    {
        Use use = a.Attributes<Use>();
        long samples = from.Shape.Rank == 0 ? 1 : from.Shape[0];
        long size = samples == 0 ? 0 : from.Count / samples;
        if (from.DType == DType.F64)
            Dropout.Run(use.Rng, from.F64, to.F64, samples, size, use.Probability);
        else
            Dropout.Run(a.Workers, use.Rng, from.F32, to.F32, samples, size, use.Probability);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("half", OpAttributes.Of(new Use(0.5, new Rng(1, "sample"))), new SampleInput(new Shape(4, 6))),
        new("none", OpAttributes.Of(new Use(0, new Rng(1, "sample"))), new SampleInput(new Shape(3))),
    ];
}

public static class DropoutExtensions
{
    extension(Tensor x)
    {
        /// <summary>
        /// In training each element is zero with a probability, and the others are divided by what remains; otherwise x.
        /// </summary>
        /// <param name="probability">0 up to, not with, 1.</param>
        /// <param name="stream">Names the random stream within the scope's: the layer's path.</param>
        /// <exception cref="InvalidOperationException">The training scope was begun without an <see cref="Rng"/>.</exception>
        public Tensor Dropout(double probability, string stream) => x.Dropout(probability, stream, part: null);

        /// <summary>The same, from the stream <paramref name="part"/> within that one: for a layer that drops more than once.</summary>
        internal Tensor Dropout(double probability, string stream, string? part)
        {
            if (probability == 0 || !Dispatch.IsTraining)
                return x;
            Rng rng = part is null ? Draws(stream) : Draws(stream).Stream(part);
            return Dispatch.Run(DropoutOp.Instance, OpAttributes.Of(new DropoutOp.Use(probability, rng)), x);
        }
    }

    /// <summary>The stream of that name within the training scope's.</summary>
    /// <exception cref="InvalidOperationException">The scope was begun without an <see cref="Rng"/>.</exception>
    internal static Rng Draws(string stream)
    {
        ScopeFrame frame = ScopeFrame.Current!;
        if (frame.Rng == default && frame.Mode == Mode.Training)
            throw new InvalidOperationException("Dropout draws from the scope's random stream: begin the training scope with an Rng of the run's seed and step");
        return frame.Rng.Stream(stream);
    }
}
