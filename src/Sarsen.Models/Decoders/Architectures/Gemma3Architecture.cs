using System.Text.Json.Nodes;
using Sarsen.Formats;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>
/// Gemma 3's decoder of text: four norms a layer, queries and keys normalised, and of six layers five with a window and
/// rotary frequencies of their own. Source: Gemma Team, «Gemma 3 technical report», 2025.
/// </summary>
internal sealed class Gemma3Architecture() : SandwichGemma("gemma3_text", "gemma3", "Gemma3ForCausalLM", LargestLayers)
{
    /// <summary>Layers of Gemma 3 27B.</summary>
    private const int LargestLayers = 62;

    public override Dictionary<string, GgufValue> Metadata(DecoderConfig config)
    {
        Dictionary<string, GgufValue> metadata = base.Metadata(config);
        metadata["gemma3.attention.sliding_window_pattern"] = (uint)config.SlidingWindowPattern;
        metadata["gemma3.rope.freq_base_swa"] = (float)(config.RopeLocalBaseFreq ?? config.RopeTheta);
        if (config.FinalLogitSoftcapping is { } cap)
            metadata["gemma3.final_logit_softcapping"] = (float)cap;
        return metadata;
    }

    public override JsonObject Json(DecoderConfig config)
    {
        JsonObject json = base.Json(config);
        json["sliding_window_pattern"] = config.SlidingWindowPattern;
        json["rope_local_base_freq"] = config.RopeLocalBaseFreq;
        return json;
    }

    protected override DecoderConfig Own(DecoderConfig config, ConfigReader json) => config with
    {
        QkNorm = true,
        SlidingWindow = json.Int("sliding_window"),
        SlidingWindowPattern = json.Int("sliding_window_pattern", 6),
        RopeTheta = json.Inner("rope_parameters") is null
            ? json.Double("rope_theta", 1_000_000)
            : throw json.Unsupported("rope_parameters", "an object", "rope_theta, rope_local_base_freq and rope_scaling, as Gemma 3 was published with"),
        RopeLocalBaseFreq = json.Double("rope_local_base_freq", 10000),
        AttentionScale = Gemma.Scale(json.Double("query_pre_attn_scalar", config.HeadDim), config),
    };

    protected override DecoderConfig Own(DecoderConfig config, GgufMetadata metadata) => config with
    {
        QkNorm = true,
        SlidingWindowPattern = (int)metadata.Integer("gemma3.attention.sliding_window_pattern", 6),
        RopeLocalBaseFreq = metadata.Number("gemma3.rope.freq_base_swa", 10000),
        FinalLogitSoftcapping = Gemma.Cap(metadata, "gemma3.final_logit_softcapping"),
    };
}
