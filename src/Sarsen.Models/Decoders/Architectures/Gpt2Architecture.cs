using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Nn;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>
/// GPT-2: learned positions, layer norms and biases everywhere; Hugging Face stores its matrices as (inputs, outputs).
/// Source: Radford et al., «Language models are unsupervised multitask learners», 2019.
/// </summary>
internal sealed class Gpt2Architecture : Architecture
{
    public override IReadOnlyList<string> ModelTypes => ["gpt2"];

    public override IReadOnlyList<string> GgufNames => ["gpt2"];

    public override DecoderConfig Config(ConfigReader json)
    {
        foreach ((string field, bool usual) in new[] { ("scale_attn_weights", true), ("scale_attn_by_inverse_layer_idx", false), ("add_cross_attention", false) })
        {
            if (json.Bool(field, usual) != usual)
                throw json.Unsupported(field, usual ? "false" : "true", $"{(usual ? "true" : "false")} is, as GPT-2 was published");
        }
        int hidden = json.Int("n_embd"), heads = json.Int("n_head");
        return new DecoderConfig
        {
            VocabSize = json.Int("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = json.Int("n_inner", checked(4 * hidden)),
            NumHiddenLayers = json.Int("n_layer"),
            NumAttentionHeads = heads,
            NumKeyValueHeads = heads,
            HeadDim = hidden / Math.Max(1, heads),
            MaxPositionEmbeddings = json.Int("n_positions"),
            Norm = DecoderNorm.Layer,
            NormEps = json.Double("layer_norm_epsilon", 1e-5),
            LearnedPositions = true,
            HiddenAct = Function(json, "activation_function", "gelu_new"),
            GatedMlp = false,
            AttentionBias = true,
            AttentionOutBias = true,
            MlpBias = true,
            TieWordEmbeddings = json.Bool("tie_word_embeddings", true),
        };
    }

    /// <summary>The names stand with and without the prefix in published files.</summary>
    public override IEnumerable<TensorPart> Parts(DecoderConfig config, string name)
    {
        if (name == "lm_head.weight")
            return [new(name)];
        string stored = name.Replace("model.embed_tokens.", "wte.", StringComparison.Ordinal)
            .Replace("model.embed_positions.", "wpe.", StringComparison.Ordinal)
            .Replace("model.norm.", "ln_f.", StringComparison.Ordinal)
            .Replace("model.layers.", "h.", StringComparison.Ordinal)
            .Replace(".input_layernorm.", ".ln_1.", StringComparison.Ordinal)
            .Replace(".post_attention_layernorm.", ".ln_2.", StringComparison.Ordinal)
            .Replace(".self_attn.qkv_proj.", ".attn.c_attn.", StringComparison.Ordinal)
            .Replace(".self_attn.o_proj.", ".attn.c_proj.", StringComparison.Ordinal)
            .Replace(".mlp.up_proj.", ".mlp.c_fc.", StringComparison.Ordinal)
            .Replace(".mlp.down_proj.", ".mlp.c_proj.", StringComparison.Ordinal);
        return [new("transformer." + stored, Otherwise: stored)];
    }

    public override ITensorSource Turned(ITensorSource weights) =>
        new TransposedTensors(weights, name => name.EndsWith(".weight", StringComparison.Ordinal) && name.Split('.') is [.., "c_attn" or "c_proj" or "c_fc", _]);

    public override DecoderConfig Config(GgufMetadata metadata, ITensorSource tensors) => base.Config(metadata, tensors) with
    {
        Norm = DecoderNorm.Layer,
        LearnedPositions = true,
        HiddenAct = ActivationFunction.GeluTanh,
        GatedMlp = false,
    };

    /// <summary>One map makes queries, keys and values there too.</summary>
    public override IEnumerable<TensorPart> GgufParts(DecoderConfig config, string name) =>
        Split(name, ".self_attn.qkv_proj.", out _, out _)
            ? [new(base.GgufParts(config, name).First().Name.Replace(".attn_q.", ".attn_qkv.", StringComparison.Ordinal))]
            : base.GgufParts(config, name);

    public override JsonObject Json(DecoderConfig config) => new()
    {
        ["architectures"] = new JsonArray("GPT2LMHeadModel"),
        ["model_type"] = "gpt2",
        ["vocab_size"] = config.VocabSize,
        ["n_embd"] = config.HiddenSize,
        ["n_inner"] = config.IntermediateSize,
        ["n_layer"] = config.NumHiddenLayers,
        ["n_head"] = config.NumAttentionHeads,
        ["n_positions"] = config.MaxPositionEmbeddings,
        ["n_ctx"] = config.MaxPositionEmbeddings,
        ["layer_norm_epsilon"] = config.NormEps,
        ["activation_function"] = config.HiddenAct == ActivationFunction.GeluTanh ? "gelu_new" : NameOf(config.HiddenAct),
        ["tie_word_embeddings"] = config.TieWordEmbeddings,
    };
}
