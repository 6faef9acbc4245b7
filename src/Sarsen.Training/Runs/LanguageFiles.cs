using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Formats;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Training.Runs;

/// <summary>
/// What a language model's folder has besides configuration and weights, in Hugging Face's layout: <c>tokenizer.json</c>,
/// <c>tokenizer_config.json</c> and <c>generation_config.json</c>.
/// </summary>
internal static class LanguageFiles
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The files by name.</summary>
    public static IReadOnlyList<string> Names { get; } = ["tokenizer.json", "tokenizer_config.json", "generation_config.json"];

    /// <param name="folder">Where.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="contextLength">The most tokens of a text.</param>
    public static void Write(string folder, TrainedTokenizer tokenizer, long contextLength)
    {
        Tokenizer tokens = tokenizer.Read();
        var config = new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast", ["model_max_length"] = contextLength, ["clean_up_tokenization_spaces"] = false };
        var generation = new JsonObject { ["do_sample"] = true };
        if (tokens.IdOf(TokenWindowsStep.EndOfTextToken) is { } end)
        {
            config["eos_token"] = TokenWindowsStep.EndOfTextToken;
            generation["eos_token_id"] = end;
        }
        if (tokens.SpecialTokens.ContainsKey(CharacterTrainer.Unknown))
            config["unk_token"] = CharacterTrainer.Unknown;
        string[] texts = [tokenizer.Json, config.ToJsonString(s_json) + "\n", generation.ToJsonString(s_json) + "\n"];
        foreach ((string name, string text) in Names.Zip(texts))
            AtomicFile.WriteAllBytes(Path.Combine(folder, name), Encoding.UTF8.GetBytes(text));
    }
}
