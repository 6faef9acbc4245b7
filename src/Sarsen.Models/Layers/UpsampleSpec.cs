using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Upsample"/>.</summary>
[Description("Pictures (C, H, W) scaled, or brought to a size.")]
[DefaultProperty(nameof(ScaleFactor))]
public sealed record UpsampleSpec : LayerSpec, IValidatableObject
{
    [Description("How many times as many rows and columns; one number for both."), Length(1, 2), Range(0, 1 << 16, MinimumIsExclusive = true)]
    public IReadOnlyList<double>? ScaleFactor { get; init; }

    [Description("Rows and columns that come out, instead; one number for both."), Length(1, 2), Range(1, 1 << 16)]
    public IReadOnlyList<int>? Size { get; init; }

    [Description("By the nearest value, or between four.")]
    public Interpolation Mode { get; init; }

    [Description("With bilinear: do the outermost values stay where they are.")]
    public bool AlignCorners { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        if (Size is null == ScaleFactor is null)
            throw new ShapeException("upsample needs a scale_factor or a size, one of them");
        builder.Add(Size is { } size
            ? new Upsample(((long)size[0], size[^1]), Mode, AlignCorners)
            : new Upsample((ScaleFactor![0], ScaleFactor[^1]), Mode, AlignCorners), Name);
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Size is null == ScaleFactor is null)
            yield return new ValidationResult("upsample needs a scale_factor or a size, one of them");
        if (AlignCorners && Mode == Interpolation.Nearest)
            yield return new ValidationResult("corners can be aligned with mode: bilinear", [nameof(AlignCorners)]);
    }
}
