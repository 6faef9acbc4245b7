using System.Text.Json.Nodes;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>Llama 1 to 3.x, and SmolLM, which is one. Source: Touvron et al., 2023; Grattafiori et al., «The Llama 3 herd of models», 2024.</summary>
internal class LlamaArchitecture : Architecture
{
    public override IReadOnlyList<string> ModelTypes => ["llama"];

    public override IReadOnlyList<string> GgufNames => ["llama"];

    public override DecoderConfig Config(ConfigReader json) => Common(json);

    /// <summary>
    /// llama.cpp turns neighbours where Hugging Face turns element i and i + half, and stores the rows of queries and keys in
    /// that order: row j · half + i of a head stands at 2 i + j.
    /// </summary>
    public override IEnumerable<TensorPart> GgufParts(DecoderConfig config, string name)
    {
        foreach (TensorPart part in base.GgufParts(config, name))
        {
            bool queries = part.Name.Contains(".attn_q.", StringComparison.Ordinal), keys = part.Name.Contains(".attn_k.", StringComparison.Ordinal);
            if (!queries && !keys)
            {
                yield return part;
                continue;
            }
            long d = config.HeadDim, half = d / 2;
            for (long head = 0; head < (queries ? config.NumAttentionHeads : config.NumKeyValueHeads); head++)
            {
                for (long row = 0; row < d; row++)
                    yield return part with { First = (head * d) + (2 * (row % half)) + (row / half), Count = 1 };
            }
        }
    }

    public override JsonObject Json(DecoderConfig config)
    {
        JsonObject json = config.SlidingWindow > 0 ? CommonJson("mistral", "MistralForCausalLM", config) : CommonJson("llama", "LlamaForCausalLM", config);
        if (config.SlidingWindow > 0)
            json["sliding_window"] = config.SlidingWindow;
        json["attention_bias"] = config.AttentionBias;
        json["mlp_bias"] = config.MlpBias;
        return json;
    }
}
