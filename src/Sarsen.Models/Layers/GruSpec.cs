using System.ComponentModel;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Gru"/>.</summary>
[Description("A gated recurrent unit.")]
[DefaultProperty(nameof(HiddenSize))]
public sealed record GruSpec : RecurrentSpec
{
    private protected override Recurrent Create(long inputSize) =>
        new Gru(inputSize, HiddenSize, NumLayers, Bias, batchFirst: true, Dropout, bidirectional: Bidirectional);
}
