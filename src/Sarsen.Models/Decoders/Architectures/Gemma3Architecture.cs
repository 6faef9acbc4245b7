using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Nn;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>
/// Gemma 3's decoder of text: four norms a layer, queries and keys normalised, and of six layers five with a window and
/// rotary frequencies of their own. Source: Gemma Team, «Gemma 3 technical report», 2025.
/// </summary>
internal sealed class Gemma3Architecture : Architecture
{
    /// <summary>Layers of Gemma 3 27B.</summary>
    private const int LargestLayers = 62;

    public override IReadOnlyList<string> ModelTypes => ["gemma3_text"];

    public override IReadOnlyList<string> GgufNames => ["gemma3"];

    public override DecoderConfig Config(ConfigReader json)
    {
        DecoderConfig config = Common(json);
        return config with
        {
            HiddenAct = Function(json, "hidden_activation", "gelu_pytorch_tanh"),
            QkNorm = true,
            SandwichNorms = true,
            SlidingWindow = json.Int("sliding_window"),
            SlidingWindowPattern = json.Int("sliding_window_pattern", 6),
            RopeTheta = json.Inner("rope_parameters") is null
                ? json.Double("rope_theta", 1_000_000)
                : throw json.Unsupported("rope_parameters", "an object", "rope_theta, rope_local_base_freq and rope_scaling, as Gemma 3 was published with"),
            RopeLocalBaseFreq = json.Double("rope_local_base_freq", 10000),
            AttentionScale = Gemma.Scale(json.Double("query_pre_attn_scalar", config.HeadDim), config),
            EmbeddingMultiplier = Math.Sqrt(config.HiddenSize),
            FinalLogitSoftcapping = json.DoubleOrNull("final_logit_softcapping"),
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
            QkNorm = true,
            SandwichNorms = true,
            SlidingWindowPattern = (int)metadata.Integer("gemma3.attention.sliding_window_pattern", 6),
            RopeLocalBaseFreq = metadata.Number("gemma3.rope.freq_base_swa", 10000),
            FinalLogitSoftcapping = Gemma.Cap(metadata, "gemma3.final_logit_softcapping"),
            // The files do not tell it: of the largest model, known by its layers, it is by the width of a head's share of C.
            AttentionScale = config.NumHiddenLayers == LargestLayers ? 1 / Math.Sqrt((double)config.HiddenSize / config.NumAttentionHeads) : null,
            EmbeddingMultiplier = Math.Sqrt(config.HiddenSize),
        };
    }

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
        JsonObject json = CommonJson("gemma3_text", "Gemma3ForCausalLM", config);
        json["hidden_activation"] = NameOf(config.HiddenAct);
        json["sliding_window"] = config.SlidingWindow;
        json["sliding_window_pattern"] = config.SlidingWindowPattern;
        json["rope_local_base_freq"] = config.RopeLocalBaseFreq;
        json["query_pre_attn_scalar"] = Gemma.Scalar(config);
        json["final_logit_softcapping"] = config.FinalLogitSoftcapping;
        json["attention_bias"] = config.AttentionBias;
        return json;
    }
}
