using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Models.Layers;

/// <summary>What all convolutions may be told.</summary>
public abstract record ConvolutionSpec : LayerSpec
{
    [Description("Filters: how many channels come out."), Range(1, 1 << 20)]
    public required int OutChannels { get; init; }

    [Description("Is there a bias a filter.")]
    public bool Bias { get; init; } = true;

    [Description("The function behind it.")]
    public ActivationKind Activation { get; init; }
}
