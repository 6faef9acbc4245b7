using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Models.Decoders.Architectures;
using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>A decoder as Hugging Face's files of a Llama: its <c>config.json</c>, and its tensors under their names.</summary>
internal static class LlamaWriter
{
    private static readonly LlamaArchitecture s_llama = new();

    /// <summary>What the transformers library asks of a safetensors file.</summary>
    public static IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string> { ["format"] = "pt" };

    /// <summary>The <c>config.json</c>.</summary>
    /// <exception cref="NotSupportedException">The decoder is of another family.</exception>
    public static string Config(DecoderConfig config)
    {
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["torch_dtype"] = "float32",
            ["vocab_size"] = config.VocabSize,
            ["hidden_size"] = config.HiddenSize,
            ["intermediate_size"] = config.IntermediateSize,
            ["num_hidden_layers"] = config.NumHiddenLayers,
            ["num_attention_heads"] = config.NumAttentionHeads,
            ["num_key_value_heads"] = config.NumKeyValueHeads,
            ["head_dim"] = config.HeadDim,
            ["max_position_embeddings"] = config.MaxPositionEmbeddings,
            ["hidden_act"] = "silu",
            ["rms_norm_eps"] = config.NormEps,
            ["rope_theta"] = config.RopeTheta,
            ["attention_bias"] = false,
            ["mlp_bias"] = false,
            ["tie_word_embeddings"] = config.TieWordEmbeddings,
        };
        string text = json.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }) + "\n";
        using JsonDocument read = JsonDocument.Parse(text);
        if (s_llama.Config(new ConfigReader("config.json", read.RootElement)) != config)
            throw new NotSupportedException("only decoders of Llama's kind are written under Hugging Face's names: root mean square norms, gated SiLU, no biases, one rotary base");
        return text;
    }

    /// <summary>The tensors: what the model holds as one map, queries, keys and values or both halves of a gate, is written as its parts.</summary>
    public static IEnumerable<(string Name, Tensor Value)> Tensors(DecoderModel model)
    {
        DecoderConfig config = model.Config;
        long queries = (long)config.NumAttentionHeads * config.HeadDim, keys = (long)config.NumKeyValueHeads * config.HeadDim;
        foreach (ModuleState state in model.State())
        {
            TensorPart[] parts = [.. s_llama.Parts(config, model.Within(state.Name))];
            if (parts.Length == 1)
            {
                yield return (parts[0].Name, state.Value);
                continue;
            }
            long[] rows = parts.Length == 3 ? [queries, keys, keys] : [config.IntermediateSize, config.IntermediateSize];
            long first = 0;
            for (int i = 0; i < parts.Length; i++)
            {
                yield return (parts[i].Name, Rows(state.Value, first, rows[i]));
                first += rows[i];
            }
        }
    }

    private static Tensor Rows(Tensor value, long first, long rows)
    {
        int width = checked((int)(value.Count / value.Shape[0]));
        return Tensor.From<float>(value.AsSpan<float>().Slice(checked((int)first * width), checked((int)rows * width)).ToArray(), value.Shape.With(0, rows));
    }
}
