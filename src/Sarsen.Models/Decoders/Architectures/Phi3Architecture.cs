using System.Text.Json.Nodes;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>Phi-3: Llama with maps that are stored joined. Source: Abdin et al., «Phi-3 technical report», 2024.</summary>
internal sealed class Phi3Architecture : Architecture
{
    public override IReadOnlyList<string> ModelTypes => ["phi3"];

    public override IReadOnlyList<string> GgufNames => ["phi3"];

    public override DecoderConfig Config(ConfigReader json)
    {
        // The window of the short models is as long as their context or longer.
        int window = json.Int("sliding_window", 0), context = json.Int("max_position_embeddings");
        return Common(json) with { SlidingWindow = window >= context ? 0 : window };
    }

    public override IEnumerable<TensorPart> Parts(DecoderConfig config, string name)
    {
        if (Split(name, ".mlp.up_gate_proj.", out string layer, out string kind))
        {
            // Stored with the gate first.
            string stored = $"{layer}.mlp.gate_up_proj.{kind}";
            return [new(stored, config.IntermediateSize, config.IntermediateSize), new(stored, 0, config.IntermediateSize)];
        }
        return [new(name)];
    }

    public override IEnumerable<TensorPart> GgufParts(DecoderConfig config, string name)
    {
        if (Split(name, ".mlp.up_gate_proj.", out _, out string kind))
        {
            string stored = base.GgufParts(config, name).First().Name;
            return [new(stored, config.IntermediateSize, config.IntermediateSize), new(stored, 0, config.IntermediateSize)];
        }
        return Split(name, ".self_attn.qkv_proj.", out _, out kind) ? [new(base.GgufParts(config, name).First().Name.Replace(".attn_q.", ".attn_qkv.", StringComparison.Ordinal))] : base.GgufParts(config, name);
    }

    public override JsonObject Json(DecoderConfig config)
    {
        JsonObject json = CommonJson("phi3", "Phi3ForCausalLM", config);
        json["sliding_window"] = config.SlidingWindow > 0 ? config.SlidingWindow : null;
        return json;
    }
}
