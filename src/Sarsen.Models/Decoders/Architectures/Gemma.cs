using Sarsen.Formats;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>What the Gemmas have in common.</summary>
internal static class Gemma
{
    /// <summary>Hugging Face's files have the weights of norms less one.</summary>
    public static IEnumerable<TensorPart> Parts(IEnumerable<TensorPart> parts) =>
        parts.Select(part => part with { Plus = part.Name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : 0 });

    /// <summary>What multiplies scores, from the scalar of <c>config.json</c>; null where it is the usual.</summary>
    public static double? Scale(double scalar, DecoderConfig config) => scalar == config.HeadDim ? null : 1 / Math.Sqrt(scalar);

    /// <summary>The scalar for <c>config.json</c>, whole where it was.</summary>
    public static double Scalar(DecoderConfig config) =>
        config.AttentionScale is not { } scale ? config.HeadDim
        : 1 / Math.Sqrt(Math.Round(1 / (scale * scale))) == scale ? Math.Round(1 / (scale * scale)) : 1 / (scale * scale);

    /// <summary>A cap, or null where there is none: where it is 0, or the key is missing.</summary>
    /// <param name="metadata">Of the file.</param>
    /// <param name="key">The cap's.</param>
    /// <param name="absent">What it is in files without the key.</param>
    public static double? Cap(GgufMetadata metadata, string key, double absent = 0) => metadata.Number(key, absent) is var cap and > 0 ? cap : null;
}
