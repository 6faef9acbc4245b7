using System.ComponentModel;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Lstm"/>.</summary>
[Description("A long short-term memory.")]
[DefaultProperty(nameof(HiddenSize))]
public sealed record LstmSpec : RecurrentSpec
{
    private protected override Recurrent Create(long inputSize) =>
        new Lstm(inputSize, HiddenSize, NumLayers, Bias, batchFirst: true, Dropout, bidirectional: Bidirectional);
}
