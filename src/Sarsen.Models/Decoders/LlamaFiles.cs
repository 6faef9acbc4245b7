using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Models.Decoders.Architectures;
using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>A decoder as Hugging Face's files of a Llama: its <c>config.json</c>, and its tensors under their names, written and read.</summary>
internal static class LlamaFiles
{
    private static readonly LlamaArchitecture s_llama = new();

    /// <summary>What the transformers library asks of a safetensors file.</summary>
    public static IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string> { ["format"] = "pt" };

    /// <summary>The <c>config.json</c>.</summary>
    /// <exception cref="NotSupportedException">The decoder is of another family.</exception>
    public static string Config(DecoderConfig config)
    {
        JsonObject json = s_llama.Json(config);
        json["torch_dtype"] = "float32";
        string text = json.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }) + "\n";
        using JsonDocument read = JsonDocument.Parse(text);
        if (s_llama.Config(new ConfigReader("config.json", read.RootElement)) != config)
            throw new NotSupportedException("only decoders of Llama's kind are written under Hugging Face's names: root mean square norms, gated SiLU, no biases, one rotary base");
        return text;
    }

    /// <summary>The tensors: what the model holds as one map, queries, keys and values or both halves of a gate, is written as its parts.</summary>
    public static IEnumerable<(string Name, Tensor Value)> Tensors(DecoderModel model)
    {
        foreach (ModuleState state in model.State())
        {
            int width = Width(state), first = 0;
            foreach ((TensorPart part, int rows) in Parts(model, state))
            {
                yield return (part.Name, Tensor.From<float>(state.Value.AsSpan<float>().Slice(first * width, rows * width).ToArray(), state.Value.Shape.With(0, rows)));
                first += rows;
            }
        }
    }

    /// <summary>Fills a decoder with such tensors.</summary>
    /// <exception cref="ModelFormatException">One is missing or has another shape, or the file is damaged.</exception>
    public static void Read(DecoderModel model, ITensorSource from)
    {
        foreach (ModuleState state in model.State())
        {
            int width = Width(state), first = 0;
            foreach ((TensorPart part, int rows) in Parts(model, state))
            {
                string name = part.Otherwise is { } otherwise && !from.Contains(part.Name) && from.Contains(otherwise) ? otherwise : part.Name;
                Shape expected = state.Value.Shape.With(0, rows);
                if (from.ShapeOf(name) != expected)
                    throw new ModelFormatException(from.Path, 0, $"'{name}' has the shape {from.ShapeOf(name)}, which does not fit '{state.Name}', of which it is {expected}: it is of another network");
                from.ReadRows(name, 0, rows, state.Value.AsSpan<float>().Slice(first * width, rows * width));
                first += rows;
            }
        }
    }

    /// <summary>What a parameter is made of, and how many of its rows.</summary>
    private static IEnumerable<(TensorPart Part, int Rows)> Parts(DecoderModel model, ModuleState state)
    {
        DecoderConfig config = model.Config;
        TensorPart[] parts = [.. s_llama.Parts(config, model.Within(state.Name))];
        int keys = config.NumKeyValueHeads * config.HeadDim;
        int[] rows = parts.Length switch
        {
            1 => [(int)state.Value.Shape[0]],
            2 => [config.IntermediateSize, config.IntermediateSize],
            _ => [config.NumAttentionHeads * config.HeadDim, keys, keys],
        };
        return parts.Zip(rows);
    }

    private static int Width(ModuleState state) => checked((int)(state.Value.Count / state.Value.Shape[0]));
}
