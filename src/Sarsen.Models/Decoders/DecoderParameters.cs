using System.Globalization;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>The parameters that a <see cref="DecoderModel"/> of a configuration has, without the memory for them.</summary>
internal static class DecoderParameters
{
    /// <returns>In the model's order: <c>State()</c> of a model that was made has the same.</returns>
    public static IEnumerable<(string Name, Shape Shape)> Of(DecoderConfig config)
    {
        long c = config.HiddenSize, queries = (long)config.NumAttentionHeads * config.HeadDim, keys = (long)config.NumKeyValueHeads * config.HeadDim;
        yield return ("model.embed_tokens.weight", new Shape(config.VocabSize, c));
        if (config.LearnedPositions)
            yield return ("model.embed_positions.weight", new Shape(config.MaxPositionEmbeddings, c));
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            string layer = string.Create(CultureInfo.InvariantCulture, $"model.layers.{i}");
            IEnumerable<(string, Shape)> parameters =
            [
                .. Norm(config, $"{layer}.input_layernorm"),
                .. Linear($"{layer}.self_attn.qkv_proj", queries + (2 * keys), c, config.AttentionBias),
                .. Linear($"{layer}.self_attn.o_proj", c, queries, config.AttentionOutBias),
            ];
            if (config.QkNorm)
                parameters = parameters.Append(($"{layer}.self_attn.q_norm.weight", new Shape(config.HeadDim))).Append(($"{layer}.self_attn.k_norm.weight", new Shape(config.HeadDim)));
            if (config.SandwichNorms)
                parameters = parameters.Concat(Norm(config, $"{layer}.post_attention_layernorm"));
            parameters = parameters.Concat(Norm(config, config.SandwichNorms ? $"{layer}.pre_feedforward_layernorm" : $"{layer}.post_attention_layernorm"))
                .Concat(config.GatedMlp ? Linear($"{layer}.mlp.up_gate_proj", 2L * config.IntermediateSize, c, config.MlpBias) : Linear($"{layer}.mlp.up_proj", config.IntermediateSize, c, config.MlpBias))
                .Concat(Linear($"{layer}.mlp.down_proj", c, config.IntermediateSize, config.MlpBias));
            if (config.SandwichNorms)
                parameters = parameters.Concat(Norm(config, $"{layer}.post_feedforward_layernorm"));
            foreach ((string, Shape) parameter in parameters)
                yield return parameter;
        }
        foreach ((string, Shape) parameter in Norm(config, "model.norm"))
            yield return parameter;
        if (!config.TieWordEmbeddings)
            yield return ("lm_head.weight", new Shape(config.VocabSize, c));
    }

    private static IEnumerable<(string Name, Shape Shape)> Linear(string name, long rows, long width, bool bias)
    {
        yield return (name + ".weight", new Shape(rows, width));
        if (bias)
            yield return (name + ".bias", new Shape(rows));
    }

    private static IEnumerable<(string Name, Shape Shape)> Norm(DecoderConfig config, string name)
    {
        yield return (name + ".weight", new Shape(config.HiddenSize));
        if (config.Norm == DecoderNorm.Layer)
            yield return (name + ".bias", new Shape(config.HiddenSize));
    }
}
