using Sarsen.Nn;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>
/// A family of decoders: how its configuration is read, and of which stored tensors its parameters are made. Files of the
/// family on Hugging Face and in GGUF are read by it.
/// </summary>
internal abstract class Architecture
{
    /// <summary>Hugging Face's <c>model_type</c>s.</summary>
    public abstract IReadOnlyList<string> ModelTypes { get; }

    /// <summary>The configuration from a <c>config.json</c>.</summary>
    /// <exception cref="Formats.ModelFormatException">A field is missing, of the wrong kind, or asks for what is not supported.</exception>
    public abstract DecoderConfig Config(ConfigReader json);

    /// <summary>What a parameter is made of: rows of Hugging Face's tensors, one part under the other.</summary>
    /// <param name="config">The sizes.</param>
    /// <param name="name">The parameter's path.</param>
    public virtual IEnumerable<TensorPart> Parts(DecoderConfig config, string name)
    {
        if (Split(name, ".self_attn.qkv_proj.", out string layer, out string kind))
            return [new($"{layer}.self_attn.q_proj.{kind}"), new($"{layer}.self_attn.k_proj.{kind}"), new($"{layer}.self_attn.v_proj.{kind}")];
        if (Split(name, ".mlp.up_gate_proj.", out layer, out kind))
            return [new($"{layer}.mlp.up_proj.{kind}"), new($"{layer}.mlp.gate_proj.{kind}")];
        return [new(name, Otherwise: config.TieWordEmbeddings && name == "model.embed_tokens.weight" ? "lm_head.weight" : null)];
    }

    /// <summary>The parts before and behind <paramref name="middle"/>.</summary>
    protected static bool Split(string name, string middle, out string before, out string behind)
    {
        int at = name.IndexOf(middle, StringComparison.Ordinal);
        (before, behind) = at < 0 ? (name, "") : (name[..at], name[(at + middle.Length)..]);
        return at >= 0;
    }

    /// <summary>The fields that nearly all families share, under their usual names.</summary>
    protected static DecoderConfig Common(ConfigReader json)
    {
        int hidden = json.Int("hidden_size"), heads = json.Int("num_attention_heads");
        return new DecoderConfig
        {
            VocabSize = json.Int("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = json.Int("intermediate_size"),
            NumHiddenLayers = json.Int("num_hidden_layers"),
            NumAttentionHeads = heads,
            NumKeyValueHeads = json.Int("num_key_value_heads", heads),
            HeadDim = json.Int("head_dim", hidden / Math.Max(1, heads)),
            MaxPositionEmbeddings = json.Int("max_position_embeddings"),
            NormEps = json.Double("rms_norm_eps", 1e-6),
            RopeTheta = json.Double("rope_theta", 10000),
            PartialRotaryFactor = json.Double("partial_rotary_factor", 1),
            RopeScaling = Scaling(json),
            HiddenAct = Function(json, "hidden_act", "silu"),
            AttentionBias = json.Bool("attention_bias", false),
            AttentionOutBias = json.Bool("attention_bias", false),
            MlpBias = json.Bool("mlp_bias", false),
            TieWordEmbeddings = json.Bool("tie_word_embeddings", false),
        };
    }

    private static RopeScaling Scaling(ConfigReader json)
    {
        if (json.Inner("rope_scaling") is not { } scaling)
            return default;
        string kind = scaling.Text("rope_type", scaling.Text("type", "default"));
        return kind switch
        {
            "default" => default,
            "linear" => new RopeScaling(RopeScalingKind.Linear, scaling.Double("factor")),
            "llama3" => new RopeScaling(RopeScalingKind.Llama3, scaling.Double("factor"), scaling.Double("low_freq_factor"), scaling.Double("high_freq_factor"),
                scaling.Int("original_max_position_embeddings")),
            _ => throw scaling.Unsupported("rope_scaling.rope_type", kind, "default, linear or llama3"),
        };
    }

    /// <summary>A function under Hugging Face's name.</summary>
    protected static ActivationFunction Function(ConfigReader json, string field, string otherwise) => json.Text(field, otherwise) switch
    {
        "silu" or "swish" => ActivationFunction.Silu,
        "gelu" => ActivationFunction.Gelu,
        "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => ActivationFunction.GeluTanh,
        "relu" => ActivationFunction.Relu,
        string other => throw json.Unsupported(field, other, "silu, gelu, gelu_new, gelu_pytorch_tanh or relu"),
    };
}
