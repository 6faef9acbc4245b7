using Sarsen.Formats;
using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>How a GGUF tells that rotary embedding is stretched: by keys, or, for Llama 3's way, by a tensor of divisors.</summary>
internal static class GgufRope
{
    private const string Divisors = "rope_freqs.weight", OriginalKey = "rope.scaling.original_context_length", LowKey = "rope.scaling.low_freq_factor", HighKey = "rope.scaling.high_freq_factor";

    /// <exception cref="ModelFormatException">It is stretched in a way that is not supported.</exception>
    public static RopeScaling Scaling(GgufMetadata metadata, ITensorSource file, string prefix, int headDim)
    {
        if (file.Contains(Divisors))
            return FromDivisors(metadata, file, prefix, headDim);
        string kind = metadata.Text(prefix + "rope.scaling.type", "none");
        return kind switch
        {
            "none" => default,
            "linear" => new RopeScaling(RopeScalingKind.Linear, metadata.Number(prefix + "rope.scaling.factor")),
            _ => throw new ModelFormatException(file.Path, 0, $"'{prefix}rope.scaling.type' is '{kind}', which is not supported: none or linear, or Llama 3's divisors as '{Divisors}'"),
        };
    }

    /// <summary>The keys that <see cref="Scaling"/> reads.</summary>
    public static void Write(Dictionary<string, GgufValue> metadata, string prefix, in RopeScaling scaling)
    {
        if (scaling.Kind == RopeScalingKind.Linear)
        {
            metadata[prefix + "rope.scaling.type"] = "linear";
            metadata[prefix + "rope.scaling.factor"] = (float)scaling.Factor;
        }
        if (scaling.Kind == RopeScalingKind.Llama3)
        {
            metadata[prefix + OriginalKey] = (uint)scaling.OriginalMaxPositionEmbeddings;
            metadata[prefix + LowKey] = (float)scaling.LowFreqFactor;
            metadata[prefix + HighKey] = (float)scaling.HighFreqFactor;
        }
    }

    /// <summary>The divisors that <see cref="Scaling"/> reads.</summary>
    public static IReadOnlyDictionary<string, float[]> Tensors(DecoderConfig config)
    {
        if (config.RopeScaling.Kind != RopeScalingKind.Llama3)
            return new Dictionary<string, float[]>();
        float[] divisors = new float[config.HeadDim / 2];
        for (int i = 0; i < divisors.Length; i++)
        {
            double frequency = Math.Pow(config.RopeTheta, -2.0 * i / config.HeadDim);
            divisors[i] = (float)(frequency / config.RopeScaling.Apply(frequency));
        }
        return new Dictionary<string, float[]> { [Divisors] = divisors };
    }

    // What Llama 3.1 and later are made with, unless the file says otherwise; the divisors tell the factor, and whether the rest is so.
    private static RopeScaling FromDivisors(GgufMetadata metadata, ITensorSource file, string prefix, int headDim)
    {
        double theta = metadata.Number(prefix + "rope.freq_base", 10000);
        int pairs = headDim / 2;
        if (pairs < 1 || file.ShapeOf(Divisors) != new Shape(pairs))
            throw new ModelFormatException(file.Path, 0, $"'{Divisors}' has the shape {file.ShapeOf(Divisors)}: {pairs} divisors, one for each pair of a head's elements, are expected");
        float[] divisors = new float[pairs];
        file.ReadRows(Divisors, 0, divisors.Length, divisors);
        var scaling = new RopeScaling(RopeScalingKind.Llama3, divisors.Max(), metadata.Number(prefix + LowKey, 1), metadata.Number(prefix + HighKey, 4), metadata.Integer(prefix + OriginalKey, 8192));
        for (int i = 0; i < divisors.Length; i++)
        {
            double frequency = Math.Pow(theta, -2.0 * i / headDim), expected = frequency / scaling.Apply(frequency);
            if (!(Math.Abs(divisors[i] - expected) <= 1e-4 * expected))
                throw new ModelFormatException(file.Path, 0, $"'{Divisors}' divides pair {i} by {divisors[i]}, Llama 3's formula for the factor {scaling.Factor} by {expected:G6}: these divisors are not supported");
        }
        return scaling;
    }
}
