using System.Text.Json.Nodes;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>Qwen 2 and 2.5: Llama with biases on queries, keys and values. Source: Yang et al., «Qwen2 technical report», 2024.</summary>
internal sealed class Qwen2Architecture : Architecture
{
    public override IReadOnlyList<string> ModelTypes => ["qwen2"];

    public override IReadOnlyList<string> GgufNames => ["qwen2"];

    public override DecoderConfig Config(ConfigReader json) => json.Bool("use_sliding_window", false)
        ? throw json.Unsupported("use_sliding_window", "true", "models without a window")
        : Common(json) with { AttentionBias = true, AttentionOutBias = false };

    public override JsonObject Json(DecoderConfig config)
    {
        JsonObject json = CommonJson("qwen2", "Qwen2ForCausalLM", config);
        json["use_sliding_window"] = false;
        return json;
    }
}
