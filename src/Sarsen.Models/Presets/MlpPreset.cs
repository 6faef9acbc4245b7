using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Presets;

/// <summary>A multilayer perceptron: hidden linear layers with one function behind each, then one for the outputs.</summary>
[Description("A multilayer perceptron.")]
[DefaultProperty(nameof(Hidden))]
public sealed record MlpPreset : PresetSpec
{
    [Description("Units of each hidden layer."), Range(1, 1 << 20)]
    public IReadOnlyList<int> Hidden { get; init; } = [128, 128];

    [Description("The function behind each hidden layer.")]
    public ActivationKind Activation { get; init; } = ActivationKind.Relu;

    [Description("The probability of dropout behind each hidden layer."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; }

    public override IReadOnlyList<LayerSpec> Layers(in Shape sample, int outputs)
    {
        List<LayerSpec> layers = sample.Rank > 1 ? [new FlattenSpec()] : [];
        foreach (int units in Hidden)
        {
            layers.Add(new LinearSpec { OutFeatures = units, Activation = Activation });
            if (Dropout > 0)
                layers.Add(new DropoutSpec { P = Dropout });
        }
        layers.Add(new LinearSpec { OutFeatures = outputs });
        return layers;
    }
}
