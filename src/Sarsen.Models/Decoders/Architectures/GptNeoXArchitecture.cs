using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Nn;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>
/// GPT-NeoX and Pythia: layer norms, biases everywhere, a quarter of each head turning, attention and feed-forward network side
/// by side. Source: Black et al., «GPT-NeoX-20B: An open-source autoregressive language model», 2022.
/// </summary>
internal sealed class GptNeoXArchitecture : Architecture
{
    public override IReadOnlyList<string> ModelTypes => ["gpt_neox"];

    public override IReadOnlyList<string> GgufNames => ["gptneox"];

    public override DecoderConfig Config(ConfigReader json)
    {
        bool bias = json.Bool("attention_bias", true);
        return Common(json) with
        {
            Norm = DecoderNorm.Layer,
            NormEps = json.Double("layer_norm_eps", 1e-5),
            RopeTheta = json.Double("rotary_emb_base", 10000),
            PartialRotaryFactor = json.Double("rotary_pct", 0.25),
            ParallelResidual = json.Bool("use_parallel_residual", true),
            HiddenAct = Function(json, "hidden_act", "gelu"),
            GatedMlp = false,
            AttentionBias = bias,
            AttentionOutBias = bias,
            MlpBias = true,
        };
    }

    public override IEnumerable<TensorPart> Parts(DecoderConfig config, string name)
    {
        string stored = name.Replace("model.embed_tokens.", "gpt_neox.embed_in.", StringComparison.Ordinal)
            .Replace("lm_head.", "embed_out.", StringComparison.Ordinal)
            .Replace("model.norm.", "gpt_neox.final_layer_norm.", StringComparison.Ordinal)
            .Replace("model.layers.", "gpt_neox.layers.", StringComparison.Ordinal)
            .Replace(".self_attn.o_proj.", ".attention.dense.", StringComparison.Ordinal)
            .Replace(".self_attn.qkv_proj.", ".attention.query_key_value.", StringComparison.Ordinal)
            .Replace(".mlp.up_proj.", ".mlp.dense_h_to_4h.", StringComparison.Ordinal)
            .Replace(".mlp.down_proj.", ".mlp.dense_4h_to_h.", StringComparison.Ordinal);
        if (!name.Contains(".qkv_proj.", StringComparison.Ordinal))
            return [new(stored)];
        // Stored head by head: query, key and value of the first, then those of the second.
        long d = config.HeadDim;
        return Enumerable.Range(0, 3).SelectMany(kind => Enumerable.Range(0, config.NumAttentionHeads).Select(head => new TensorPart(stored, ((head * 3) + kind) * d, d)));
    }

    public override DecoderConfig Config(GgufMetadata metadata, ITensorSource tensors) => base.Config(metadata, tensors) with
    {
        Norm = DecoderNorm.Layer,
        ParallelResidual = metadata.Flag("gptneox.use_parallel_residual", true),
        HiddenAct = ActivationFunction.Gelu,
        GatedMlp = false,
    };

    public override Dictionary<string, GgufValue> Metadata(DecoderConfig config)
    {
        Dictionary<string, GgufValue> metadata = base.Metadata(config);
        metadata["gptneox.use_parallel_residual"] = config.ParallelResidual;
        return metadata;
    }

    public override JsonObject Json(DecoderConfig config)
    {
        JsonObject json = CommonJson("gpt_neox", "GPTNeoXForCausalLM", config);
        foreach (string field in new[] { "num_key_value_heads", "head_dim", "rms_norm_eps", "rope_theta", "partial_rotary_factor" })
            json.Remove(field);
        json["layer_norm_eps"] = config.NormEps;
        json["rotary_emb_base"] = config.RopeTheta;
        json["rotary_pct"] = config.PartialRotaryFactor;
        json["use_parallel_residual"] = config.ParallelResidual;
        json["attention_bias"] = config.AttentionBias;
        return json;
    }

    /// <summary>llama.cpp stores queries, keys and values one behind the other.</summary>
    public override IEnumerable<TensorPart> GgufParts(DecoderConfig config, string name) =>
        Split(name, ".self_attn.qkv_proj.", out _, out _)
            ? [new(base.GgufParts(config, name).First().Name.Replace(".attn_q.", ".attn_qkv.", StringComparison.Ordinal))]
            : base.GgufParts(config, name);
}
