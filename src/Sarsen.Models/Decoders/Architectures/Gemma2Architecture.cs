using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Nn;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>
/// Gemma 2: four norms a layer, a window in every second one, and caps of scores and logits. Source: Gemma Team, «Gemma 2:
/// Improving open language models at a practical size», 2024.
/// </summary>
internal sealed class Gemma2Architecture : Architecture
{
    /// <summary>Layers of Gemma 2 27B.</summary>
    private const int LargestLayers = 46;

    private const double AttentionCap = 50, FinalCap = 30;

    public override IReadOnlyList<string> ModelTypes => ["gemma2"];

    public override IReadOnlyList<string> GgufNames => ["gemma2"];

    public override DecoderConfig Config(ConfigReader json)
    {
        DecoderConfig config = Common(json);
        return config with
        {
            HiddenAct = Function(json, "hidden_activation", "gelu_pytorch_tanh"),
            SandwichNorms = true,
            SlidingWindow = json.Int("sliding_window", 4096),
            SlidingWindowPattern = 2,
            AttentionScale = Gemma.Scale(json.Double("query_pre_attn_scalar", 256), config),
            AttnLogitSoftcapping = json.DoubleOrNull("attn_logit_softcapping"),
            FinalLogitSoftcapping = json.DoubleOrNull("final_logit_softcapping"),
            EmbeddingMultiplier = Math.Sqrt(config.HiddenSize),
            TieWordEmbeddings = json.Bool("tie_word_embeddings", true),
        };
    }

    public override IEnumerable<TensorPart> Parts(DecoderConfig config, string name) => Gemma.Parts(base.Parts(config, name));

    public override DecoderConfig Config(GgufMetadata metadata, ITensorSource tensors)
    {
        DecoderConfig config = base.Config(metadata, tensors);
        return config with
        {
            HiddenAct = ActivationFunction.GeluTanh,
            SandwichNorms = true,
            SlidingWindowPattern = 2,
            // The files do not tell it: of the largest model, known by its layers, it is by the width of a head's share of C.
            AttentionScale = config.NumHiddenLayers == LargestLayers ? 1 / Math.Sqrt((double)config.HiddenSize / config.NumAttentionHeads) : null,
            AttnLogitSoftcapping = Gemma.Cap(metadata, "gemma2.attn_logit_softcapping", AttentionCap),
            FinalLogitSoftcapping = Gemma.Cap(metadata, "gemma2.final_logit_softcapping", FinalCap),
            EmbeddingMultiplier = Math.Sqrt(config.HiddenSize),
        };
    }

    public override Dictionary<string, GgufValue> Metadata(DecoderConfig config)
    {
        Dictionary<string, GgufValue> metadata = base.Metadata(config);
        metadata["gemma2.attn_logit_softcapping"] = (float)(config.AttnLogitSoftcapping ?? 0);
        metadata["gemma2.final_logit_softcapping"] = (float)(config.FinalLogitSoftcapping ?? 0);
        return metadata;
    }

    public override JsonObject Json(DecoderConfig config)
    {
        JsonObject json = CommonJson("gemma2", "Gemma2ForCausalLM", config);
        json["hidden_activation"] = NameOf(config.HiddenAct);
        json["sliding_window"] = config.SlidingWindow;
        json["query_pre_attn_scalar"] = Gemma.Scalar(config);
        json["attn_logit_softcapping"] = config.AttnLogitSoftcapping;
        json["final_logit_softcapping"] = config.FinalLogitSoftcapping;
        json["attention_bias"] = config.AttentionBias;
        return json;
    }
}
