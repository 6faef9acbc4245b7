using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary>What RNN, LSTM and GRU share: samples are sequences of (T, C).</summary>
public abstract record RecurrentSpec : LayerSpec
{
    [Description("Units: the size of the state."), Range(1, 1 << 20)]
    public required int HiddenSize { get; init; }

    [Description("Layers on top of one another."), Range(1, 1024)]
    public int NumLayers { get; init; } = 1;

    [Description("Are there biases.")]
    public bool Bias { get; init; } = true;

    [Description("The probability of dropout between layers."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; }

    [Description("A second layer reads from the end, and both come out side by side: 2 H instead of H.")]
    public bool Bidirectional { get; init; }

    [Description("All steps come out, (T, H); else what is known at the end, (H): the last step, of a second direction the first.")]
    public bool ReturnSequences { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        Shape sample = builder.Sample;
        if (sample.Rank != 2)
            throw new ShapeException($"a recurrent layer takes sequences of (T, C), here a sample has the shape {sample}");
        builder.Add(Create(sample[1]), Name);
        if (!ReturnSequences)
            builder.Add(new LastStep(reversed: Bidirectional ? HiddenSize : 0), Name is null ? null : $"{Name}_last");
    }

    private protected abstract Recurrent Create(long inputSize);
}
