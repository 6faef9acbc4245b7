using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Presets;

/// <summary>
/// Linear layers down to a code and back to the sample's own shape (Hinton and Salakhutdinov, 2006), for learning without
/// labels by the loss <c>reconstruction</c>. Parameters are named <c>encoder.…</c> and <c>decoder.…</c>.
/// </summary>
[Description("An autoencoder of linear layers, down to a code and back to the sample's own shape, for train.loss: reconstruction.")]
[DefaultProperty(nameof(Code))]
public sealed record AutoencoderPreset : PresetSpec
{
    [Description("Units of the encoder's hidden layers; the decoder's are the same backwards."), Range(1, 1 << 20)]
    public IReadOnlyList<int> Hidden { get; init; } = [128, 64];

    [Description("Values of the code."), Range(1, 1 << 20)]
    public int Code { get; init; } = 32;

    [Description("The function behind each hidden layer.")]
    public ActivationKind Activation { get; init; } = ActivationKind.Relu;

    public override IReadOnlyList<LayerSpec> Layers(in Shape sample, int outputs)
    {
        List<LayerSpec> encoder = sample.Rank > 1 ? [new FlattenSpec()] : [];
        encoder.AddRange(Hidden.Select(units => new LinearSpec { OutFeatures = units, Activation = Activation }));
        encoder.Add(new LinearSpec { OutFeatures = Code });
        List<LayerSpec> decoder = [.. Hidden.Reverse().Select(units => new LinearSpec { OutFeatures = units, Activation = Activation })];
        decoder.Add(new LinearSpec { OutFeatures = Sizes.Of(sample.Count) });
        if (sample.Rank != 1)
            decoder.Add(new ReshapeSpec { Shape = Sizes.Of(sample) });
        return [new SequentialSpec { Name = "encoder", Layers = encoder }, new SequentialSpec { Name = "decoder", Layers = decoder }];
    }
}

/// <summary>
/// Convolutions of stride 2 down to a code and transposed ones back to the picture, for learning without labels by the loss
/// <c>reconstruction</c>. Parameters are named <c>encoder.…</c> and <c>decoder.…</c>.
/// </summary>
[Description("An autoencoder of pictures: convolutions of stride 2 down to a code, transposed ones back, for train.loss: reconstruction.")]
[DefaultProperty(nameof(Code))]
public sealed record ConvAutoencoderPreset : PresetSpec
{
    [Description("Filters of the encoder's convolutions, each of which halves the picture; the decoder's are the same backwards."), MinLength(1), Range(1, 1 << 16)]
    public IReadOnlyList<int> Filters { get; init; } = [16, 32];

    [Description("Values of the code."), Range(1, 1 << 20)]
    public int Code { get; init; } = 32;

    [Description("The function behind each layer but the code and the last.")]
    public ActivationKind Activation { get; init; } = ActivationKind.Relu;

    public override IReadOnlyList<LayerSpec> Layers(in Shape sample, int outputs)
    {
        if (sample.Rank != 3)
            throw new NetworkException(-1, $"the preset conv_autoencoder takes pictures of (C, H, W), a sample here has the shape {sample}");
        // Rows and columns before each convolution, and behind the last.
        (int Rows, int Columns)[] sizes = new (int, int)[Filters.Count + 1];
        sizes[0] = (Sizes.Of(sample[1]), Sizes.Of(sample[2]));
        for (int i = 0; i < Filters.Count; i++)
            sizes[i + 1] = ((sizes[i].Rows + 1) / 2, (sizes[i].Columns + 1) / 2);
        var one = new Padding2d(1, 1, Same: false);
        List<LayerSpec> encoder = [.. Filters.Select(filters => new Conv2dSpec { OutChannels = filters, Stride = [2], Padding = one, Activation = Activation })];
        encoder.AddRange([new FlattenSpec(), new LinearSpec { OutFeatures = Code }]);

        (int deepRows, int deepColumns) = sizes[^1];
        List<LayerSpec> decoder =
        [
            new LinearSpec { OutFeatures = Sizes.Of((long)Filters[^1] * deepRows * deepColumns), Activation = Activation },
            new ReshapeSpec { Shape = [Filters[^1], deepRows, deepColumns] },
        ];
        for (int i = Filters.Count - 1; i >= 0; i--)
        {
            decoder.Add(new ConvTranspose2dSpec
            {
                OutChannels = i == 0 ? Sizes.Of(sample[0]) : Filters[i - 1],
                Stride = [2],
                Padding = one,
                // ⌈n / 2⌉ comes back as 2 ⌈n / 2⌉ - 1: one more where n is even.
                OutputPadding = [1 - (sizes[i].Rows % 2), 1 - (sizes[i].Columns % 2)],
                Activation = i == 0 ? ActivationKind.None : Activation,
            });
        }
        return [new SequentialSpec { Name = "encoder", Layers = encoder }, new SequentialSpec { Name = "decoder", Layers = decoder }];
    }
}

/// <summary>Sizes of samples as specs hold them.</summary>
file static class Sizes
{
    /// <exception cref="NetworkException">It is more than a layer may have.</exception>
    public static int Of(long size) => size is > 0 and <= int.MaxValue
        ? (int)size
        : throw new NetworkException(-1, $"an autoencoder of {size} values cannot be built: 1 to {int.MaxValue} expected");

    public static IReadOnlyList<int> Of(Shape sample)
    {
        var sizes = new int[sample.Rank];
        for (int d = 0; d < sizes.Length; d++)
            sizes[d] = Of(sample[d]);
        return sizes;
    }
}
