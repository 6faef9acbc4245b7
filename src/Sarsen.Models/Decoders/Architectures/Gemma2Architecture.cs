using System.Text.Json.Nodes;
using Sarsen.Formats;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>
/// Gemma 2: four norms a layer, a window in every second one, and caps of scores and logits. Source: Gemma Team, «Gemma 2:
/// Improving open language models at a practical size», 2024.
/// </summary>
internal sealed class Gemma2Architecture() : SandwichGemma("gemma2", "gemma2", "Gemma2ForCausalLM", LargestLayers)
{
    /// <summary>Layers of Gemma 2 27B.</summary>
    private const int LargestLayers = 46;

    private const double AttentionCap = 50, FinalCap = 30;

    public override Dictionary<string, GgufValue> Metadata(DecoderConfig config)
    {
        Dictionary<string, GgufValue> metadata = base.Metadata(config);
        metadata["gemma2.attn_logit_softcapping"] = (float)(config.AttnLogitSoftcapping ?? 0);
        metadata["gemma2.final_logit_softcapping"] = (float)(config.FinalLogitSoftcapping ?? 0);
        return metadata;
    }

    public override JsonObject Json(DecoderConfig config)
    {
        JsonObject json = base.Json(config);
        json["attn_logit_softcapping"] = config.AttnLogitSoftcapping;
        return json;
    }

    protected override DecoderConfig Own(DecoderConfig config, ConfigReader json) => config with
    {
        SlidingWindow = json.Int("sliding_window", 4096),
        SlidingWindowPattern = 2,
        AttentionScale = Gemma.Scale(json.Double("query_pre_attn_scalar", 256), config),
        AttnLogitSoftcapping = json.DoubleOrNull("attn_logit_softcapping"),
    };

    protected override DecoderConfig Own(DecoderConfig config, GgufMetadata metadata) => config with
    {
        SlidingWindowPattern = 2,
        AttnLogitSoftcapping = Gemma.Cap(metadata, "gemma2.attn_logit_softcapping", AttentionCap),
        FinalLogitSoftcapping = Gemma.Cap(metadata, "gemma2.final_logit_softcapping", FinalCap),
    };
}
