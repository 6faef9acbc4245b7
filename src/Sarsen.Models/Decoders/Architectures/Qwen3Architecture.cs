using System.Text.Json.Nodes;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>Qwen 3: queries and keys are normalised head by head, without biases. Source: Yang et al., «Qwen3 technical report», 2025.</summary>
internal sealed class Qwen3Architecture : Architecture
{
    public override IReadOnlyList<string> ModelTypes => ["qwen3"];

    public override IReadOnlyList<string> GgufNames => ["qwen3"];

    public override DecoderConfig Config(ConfigReader json) => json.Bool("use_sliding_window", false)
        ? throw json.Unsupported("use_sliding_window", "true", "models without a window")
        : Common(json) with { QkNorm = true, AttentionOutBias = json.Bool("attention_bias", false) };

    public override JsonObject Json(DecoderConfig config)
    {
        JsonObject json = CommonJson("qwen3", "Qwen3ForCausalLM", config);
        json["use_sliding_window"] = false;
        json["attention_bias"] = config.AttentionBias;
        return json;
    }
}
