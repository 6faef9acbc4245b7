using System.Globalization;
using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Nn;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>
/// A family of decoders: how its configuration is read and written, and of which stored tensors its parameters are made. Files
/// of the family on Hugging Face and in GGUF are read by it, and made of each other.
/// </summary>
internal abstract class Architecture
{
    /// <summary>Hugging Face's <c>model_type</c>s.</summary>
    public abstract IReadOnlyList<string> ModelTypes { get; }

    /// <summary>What GGUF calls it in <c>general.architecture</c>.</summary>
    public abstract IReadOnlyList<string> GgufNames { get; }

    /// <summary>The configuration from a <c>config.json</c>.</summary>
    /// <exception cref="ModelFormatException">A field is missing, of the wrong kind, or asks for what is not supported.</exception>
    public abstract DecoderConfig Config(ConfigReader json);

    /// <summary>What a parameter is made of: rows of Hugging Face's tensors, one part under the other.</summary>
    /// <param name="config">The sizes.</param>
    /// <param name="name">The parameter's path.</param>
    public virtual IEnumerable<TensorPart> Parts(DecoderConfig config, string name)
    {
        if (Split(name, ".self_attn.qkv_proj.", out string layer, out string kind))
            return Three($"{layer}.self_attn.q_proj.{kind}", $"{layer}.self_attn.k_proj.{kind}", $"{layer}.self_attn.v_proj.{kind}", config);
        if (Split(name, ".mlp.up_gate_proj.", out layer, out kind))
            return [new($"{layer}.mlp.up_proj.{kind}", Rows: config.IntermediateSize), new($"{layer}.mlp.gate_proj.{kind}", Rows: config.IntermediateSize)];
        return [new(name, Otherwise: config.TieWordEmbeddings && name == "model.embed_tokens.weight" ? "lm_head.weight" : null)];
    }

    /// <summary>Hugging Face's tensors as <see cref="Parts"/> names rows of them, which some families store as columns; and back.</summary>
    public virtual ITensorSource Turned(ITensorSource weights) => weights;

    /// <summary>The configuration from a GGUF's metadata.</summary>
    /// <exception cref="ModelFormatException">A key is missing, of the wrong kind, or asks for what is not supported.</exception>
    /// <param name="metadata">The metadata.</param>
    /// <param name="tensors">The file's tensors: which there are tells the rest.</param>
    public virtual DecoderConfig Config(GgufMetadata metadata, ITensorSource tensors)
    {
        string prefix = metadata.Text("general.architecture") + ".";
        int Int(string key, long? absent = null) => (int)Math.Clamp(metadata.Integer(prefix + key, absent), int.MinValue, int.MaxValue);
        double? Real(string key) => metadata.TryGet(prefix + key, out _) ? Decimal(metadata.Number(prefix + key)) : null;
        int hidden = Int("embedding_length"), heads = Int("attention.head_count"), headDim = Int("attention.key_length", hidden / Math.Max(1, heads));
        return new DecoderConfig
        {
            VocabSize = checked((int)tensors.ShapeOf("token_embd.weight")[0]),
            HiddenSize = hidden,
            IntermediateSize = Int("feed_forward_length"),
            NumHiddenLayers = Int("block_count"),
            NumAttentionHeads = heads,
            NumKeyValueHeads = Int("attention.head_count_kv", heads),
            HeadDim = headDim,
            MaxPositionEmbeddings = Int("context_length"),
            NormEps = Real("attention.layer_norm_rms_epsilon") ?? Real("attention.layer_norm_epsilon") ?? 1e-5,
            RopeTheta = Real("rope.freq_base") ?? 10000,
            PartialRotaryFactor = Int("rope.dimension_count", headDim) / (double)headDim,
            RopeScaling = GgufRope.Scaling(metadata, tensors, prefix, headDim),
            SlidingWindow = Int("attention.sliding_window", 0),
            AttentionBias = tensors.Contains("blk.0.attn_q.bias") || tensors.Contains("blk.0.attn_qkv.bias"),
            AttentionOutBias = tensors.Contains("blk.0.attn_output.bias"),
            MlpBias = tensors.Contains("blk.0.ffn_down.bias"),
            QkNorm = tensors.Contains("blk.0.attn_q_norm.weight"),
            TieWordEmbeddings = !tensors.Contains("output.weight"),
        };
    }

    /// <summary>The name in <c>general.architecture</c> of files that are written.</summary>
    public virtual string GgufName => GgufNames[0];

    /// <summary>The metadata that a GGUF says the configuration by; <see cref="Config(GgufMetadata, ITensorSource)"/> reads it.</summary>
    public virtual Dictionary<string, GgufValue> Metadata(DecoderConfig config)
    {
        string prefix = GgufName + ".";
        var metadata = new Dictionary<string, GgufValue>(StringComparer.Ordinal)
        {
            ["general.architecture"] = GgufName,
            [prefix + "vocab_size"] = (uint)config.VocabSize,
            [prefix + "context_length"] = (uint)config.MaxPositionEmbeddings,
            [prefix + "embedding_length"] = (uint)config.HiddenSize,
            [prefix + "block_count"] = (uint)config.NumHiddenLayers,
            [prefix + "feed_forward_length"] = (uint)config.IntermediateSize,
            [prefix + "attention.head_count"] = (uint)config.NumAttentionHeads,
            [prefix + "attention.head_count_kv"] = (uint)config.NumKeyValueHeads,
            [prefix + "attention.key_length"] = (uint)config.HeadDim,
            [prefix + "attention.value_length"] = (uint)config.HeadDim,
            [prefix + (config.Norm == DecoderNorm.Rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon")] = (float)config.NormEps,
        };
        if (!config.LearnedPositions)
        {
            metadata[prefix + "rope.freq_base"] = (float)config.RopeTheta;
            metadata[prefix + "rope.dimension_count"] = (uint)config.RotaryDim;
        }
        if (config.SlidingWindow > 0)
            metadata[prefix + "attention.sliding_window"] = (uint)config.SlidingWindow;
        GgufRope.Write(metadata, prefix, config.RopeScaling);
        return metadata;
    }

    /// <summary>Tensors that a GGUF says a part of the configuration by.</summary>
    public virtual IReadOnlyDictionary<string, float[]> ExtraTensors(DecoderConfig config) => GgufRope.Tensors(config);

    /// <summary>What other programs make of its GGUF files otherwise than the configuration says: a sentence each.</summary>
    public virtual IEnumerable<string> GgufNotes(DecoderConfig config) => [];

    /// <summary>The <c>config.json</c> that says the configuration; <see cref="Config(ConfigReader)"/> reads it.</summary>
    public abstract JsonObject Json(DecoderConfig config);

    /// <summary>What a parameter is made of: rows of a GGUF's tensors.</summary>
    public virtual IEnumerable<TensorPart> GgufParts(DecoderConfig config, string name)
    {
        string stored = name.Replace("model.layers.", "blk.", StringComparison.Ordinal)
            .Replace("model.embed_tokens.", "token_embd.", StringComparison.Ordinal)
            .Replace("model.embed_positions.", "position_embd.", StringComparison.Ordinal)
            .Replace("model.norm.", "output_norm.", StringComparison.Ordinal)
            .Replace("lm_head.", "output.", StringComparison.Ordinal)
            .Replace(".input_layernorm.", ".attn_norm.", StringComparison.Ordinal)
            .Replace(".self_attn.o_proj.", ".attn_output.", StringComparison.Ordinal)
            .Replace(".self_attn.q_norm.", ".attn_q_norm.", StringComparison.Ordinal)
            .Replace(".self_attn.k_norm.", ".attn_k_norm.", StringComparison.Ordinal)
            .Replace(".mlp.up_proj.", ".ffn_up.", StringComparison.Ordinal)
            .Replace(".mlp.down_proj.", ".ffn_down.", StringComparison.Ordinal)
            .Replace(".post_attention_layernorm.", config.SandwichNorms ? ".post_attention_norm." : ".ffn_norm.", StringComparison.Ordinal)
            .Replace(".pre_feedforward_layernorm.", ".ffn_norm.", StringComparison.Ordinal)
            .Replace(".post_feedforward_layernorm.", ".post_ffw_norm.", StringComparison.Ordinal);
        if (Split(stored, ".self_attn.qkv_proj.", out string layer, out string kind))
            return Three($"{layer}.attn_q.{kind}", $"{layer}.attn_k.{kind}", $"{layer}.attn_v.{kind}", config);
        if (Split(stored, ".mlp.up_gate_proj.", out layer, out kind))
            return [new($"{layer}.ffn_up.{kind}", Rows: config.IntermediateSize), new($"{layer}.ffn_gate.{kind}", Rows: config.IntermediateSize)];
        return [new(stored)];
    }

    /// <summary>The parts before and behind <paramref name="middle"/>.</summary>
    protected static bool Split(string name, string middle, out string before, out string behind)
    {
        int at = name.IndexOf(middle, StringComparison.Ordinal);
        (before, behind) = at < 0 ? (name, "") : (name[..at], name[(at + middle.Length)..]);
        return at >= 0;
    }

    /// <summary>Queries, keys and values that are stored apart.</summary>
    private static TensorPart[] Three(string queries, string keys, string values, DecoderConfig config)
    {
        long narrow = (long)config.NumKeyValueHeads * config.HeadDim;
        return [new(queries, Rows: (long)config.NumAttentionHeads * config.HeadDim), new(keys, Rows: narrow), new(values, Rows: narrow)];
    }

    /// <summary>A number that was rounded to f32, as it was before: 0.00001 and not 0.0000099999997473787516.</summary>
    private static double Decimal(double value) => double.Parse(((float)value).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

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
            RopeTheta = json.Inner("rope_parameters")?.Double("rope_theta") ?? json.Double("rope_theta", 10000),
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
        // Newer files have all of it, the base as well, in one object.
        if ((json.Inner("rope_parameters") ?? json.Inner("rope_scaling")) is not { } scaling)
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

    /// <summary>The fields of <see cref="Common"/> and what Hugging Face needs besides.</summary>
    /// <param name="modelType">The family.</param>
    /// <param name="model">Hugging Face's class.</param>
    /// <param name="config">What is said.</param>
    protected static JsonObject CommonJson(string modelType, string model, DecoderConfig config)
    {
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(model),
            ["model_type"] = modelType,
            ["vocab_size"] = config.VocabSize,
            ["hidden_size"] = config.HiddenSize,
            ["intermediate_size"] = config.IntermediateSize,
            ["num_hidden_layers"] = config.NumHiddenLayers,
            ["num_attention_heads"] = config.NumAttentionHeads,
            ["num_key_value_heads"] = config.NumKeyValueHeads,
            ["head_dim"] = config.HeadDim,
            ["max_position_embeddings"] = config.MaxPositionEmbeddings,
            ["rms_norm_eps"] = config.NormEps,
            ["rope_theta"] = config.RopeTheta,
            ["hidden_act"] = NameOf(config.HiddenAct),
            ["tie_word_embeddings"] = config.TieWordEmbeddings,
        };
        if (config.PartialRotaryFactor != 1)
            json["partial_rotary_factor"] = config.PartialRotaryFactor;
        RopeScaling scaling = config.RopeScaling;
        if (scaling.Kind == RopeScalingKind.Linear)
            json["rope_scaling"] = new JsonObject { ["rope_type"] = "linear", ["factor"] = scaling.Factor };
        if (scaling.Kind == RopeScalingKind.Llama3)
        {
            json["rope_scaling"] = new JsonObject
            {
                ["rope_type"] = "llama3",
                ["factor"] = scaling.Factor,
                ["low_freq_factor"] = scaling.LowFreqFactor,
                ["high_freq_factor"] = scaling.HighFreqFactor,
                ["original_max_position_embeddings"] = scaling.OriginalMaxPositionEmbeddings,
            };
        }
        return json;
    }

    /// <summary>A function's name at Hugging Face.</summary>
    protected static string NameOf(ActivationFunction function) => function switch
    {
        ActivationFunction.Silu => "silu",
        ActivationFunction.Gelu => "gelu",
        ActivationFunction.GeluTanh => "gelu_pytorch_tanh",
        ActivationFunction.Relu => "relu",
        _ => throw new NotSupportedException($"{function} has no name in these configurations"),
    };
}
