using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary>What layers of attention are given: samples that are sequences of vectors.</summary>
internal static class SequenceSample
{
    /// <summary>The length and the vectors' size.</summary>
    /// <exception cref="ShapeException">Samples are something else.</exception>
    public static (int Length, int Size) Of(NetworkBuilder builder, string layer)
    {
        Shape sample = builder.Sample;
        if (sample.Rank != 2 || builder.Type != DType.F32)
            throw new ShapeException($"{layer} takes sequences of (T, C) in F32, here a sample is {builder.Type} of shape {sample}");
        return (checked((int)sample[0]), checked((int)sample[1]));
    }
}
