using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Nn;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>What Gemma 2 and 3 have in common: four norms a layer, windows in some of them, and a scale of scores of their own.</summary>
/// <param name="modelType">What <c>config.json</c> calls it.</param>
/// <param name="ggufName">What GGUF files call it.</param>
/// <param name="className">Its class in <c>config.json</c>.</param>
/// <param name="largestLayers">Layers of the largest model.</param>
internal abstract class SandwichGemma(string modelType, string ggufName, string className, int largestLayers) : Architecture
{
    public override IReadOnlyList<string> ModelTypes => [modelType];

    public override IReadOnlyList<string> GgufNames => [ggufName];

    public override DecoderConfig Config(ConfigReader json)
    {
        DecoderConfig config = Common(json);
        return Own(config with
        {
            HiddenAct = Function(json, "hidden_activation", "gelu_pytorch_tanh"),
            SandwichNorms = true,
            FinalLogitSoftcapping = json.DoubleOrNull("final_logit_softcapping"),
            EmbeddingMultiplier = Math.Sqrt(config.HiddenSize),
            TieWordEmbeddings = json.Bool("tie_word_embeddings", true),
        }, json);
    }

    public override IEnumerable<TensorPart> Parts(DecoderConfig config, string name) => Gemma.Parts(base.Parts(config, name));

    public override DecoderConfig Config(GgufMetadata metadata, ITensorSource tensors)
    {
        DecoderConfig config = base.Config(metadata, tensors);
        return Own(config with
        {
            HiddenAct = ActivationFunction.GeluTanh,
            SandwichNorms = true,
            // The files do not tell it: of the largest model, known by its layers, it is by the width of a head's share of C.
            AttentionScale = config.NumHiddenLayers == largestLayers ? 1 / Math.Sqrt((double)config.HiddenSize / config.NumAttentionHeads) : null,
            EmbeddingMultiplier = Math.Sqrt(config.HiddenSize),
        }, metadata);
    }

    public override JsonObject Json(DecoderConfig config)
    {
        JsonObject json = CommonJson(modelType, className, config);
        json["hidden_activation"] = NameOf(config.HiddenAct);
        json["sliding_window"] = config.SlidingWindow;
        json["query_pre_attn_scalar"] = Gemma.Scalar(config);
        json["final_logit_softcapping"] = config.FinalLogitSoftcapping;
        json["attention_bias"] = config.AttentionBias;
        return json;
    }

    /// <summary>A configuration with what this one has beside.</summary>
    protected abstract DecoderConfig Own(DecoderConfig config, ConfigReader json);

    /// <summary>The same from a GGUF's metadata.</summary>
    protected abstract DecoderConfig Own(DecoderConfig config, GgufMetadata metadata);
}
