using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;

namespace Sarsen.Training.Spec;

/// <summary>The network of a run: its layers in order, or a preset.</summary>
[Description("The network: layers in order, or a preset.")]
public sealed record ModelSpec : IValidatableObject
{
    [Description("The layers, in order; shapes follow from the data.")]
    public IReadOnlyList<LayerSpec> Layers { get; init; } = [];

    [Description("A ready-made network instead of layers.")]
    public PresetSpec? Preset { get; init; }

    [Description("What the parameters start as; nothing: what is usual for each layer.")]
    public InitialisationSpec? Initialisation { get; init; }

    [Description("A safetensors file the parameters start from, by name."), DataType("path")]
    public string? Weights { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Layers.Count == 0 && Preset is null)
            yield return new ValidationResult("a model needs layers or a preset");
        if (Layers.Count > 0 && Preset is not null)
            yield return new ValidationResult("a model has layers or a preset, found both; keep one", [nameof(Preset)]);
    }
}

[Description("What the parameters start as.")]
public sealed record InitialisationSpec
{
    [Description("Of weights: parameters of two or more dimensions; nothing: what is usual for each layer.")]
    public InitializerSpec? Weights { get; init; }

    [Description("Of biases; nothing: what is usual for each layer.")]
    public InitializerSpec? Biases { get; init; }
}
