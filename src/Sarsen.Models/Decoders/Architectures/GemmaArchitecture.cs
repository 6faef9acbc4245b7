using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Nn;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>
/// Gemma: Llama with token vectors times √C, a gate of GELU and norms that are stored less one. Source: Gemma Team, «Gemma: Open
/// models based on Gemini research and technology», 2024.
/// </summary>
internal sealed class GemmaArchitecture : Architecture
{
    public override IReadOnlyList<string> ModelTypes => ["gemma"];

    public override IReadOnlyList<string> GgufNames => ["gemma"];

    public override DecoderConfig Config(ConfigReader json)
    {
        DecoderConfig config = Common(json);
        return config with
        {
            // What older files call hidden_act was never looked at: "gelu" there means the approximation too.
            HiddenAct = Function(json, "hidden_activation", "gelu_pytorch_tanh"),
            EmbeddingMultiplier = Math.Sqrt(config.HiddenSize),
            TieWordEmbeddings = json.Bool("tie_word_embeddings", true),
        };
    }

    public override IEnumerable<TensorPart> Parts(DecoderConfig config, string name) => Gemma.Parts(base.Parts(config, name));

    public override DecoderConfig Config(GgufMetadata metadata, ITensorSource tensors)
    {
        DecoderConfig config = base.Config(metadata, tensors);
        return config with { HiddenAct = ActivationFunction.GeluTanh, EmbeddingMultiplier = Math.Sqrt(config.HiddenSize) };
    }

    public override JsonObject Json(DecoderConfig config)
    {
        JsonObject json = CommonJson("gemma", "GemmaForCausalLM", config);
        json["hidden_activation"] = NameOf(config.HiddenAct);
        json["attention_bias"] = config.AttentionBias;
        return json;
    }
}
