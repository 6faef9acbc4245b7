using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Tensors;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Serving.Language.Conversion;

/// <summary>A GGUF file as a language model's folder, which gets its name when it is whole.</summary>
internal static class FolderFromGguf
{
    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<string> Run(string from, string to, ModelConversionOptions options, CancellationToken stop)
    {
        using GgufFile file = GgufFile.Open(from);
        var conversion = DecoderConversion.ToHuggingFace(file);
        string most = ModelInspection.Of(from).Types[0].Type;
        DType type = Enum.Parse<DType>(options.Type ?? (most is "F32" or "F16" or "BF16" ? most : "F16"), ignoreCase: true);
        byte[] tokenizerJson = TokenizerJsonWriter.Write(SpecialTokens.Values(file.Metadata), from);
        Tokenizer tokenizer = TokenizerJson.Read(tokenizerJson, "tokenizer.json");

        string path = Path.GetFullPath(to), parent = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(parent))
            throw new DirectoryNotFoundException($"there is no folder '{parent}' for '{to}' to be in");
        string temporary = Path.Combine(parent, "." + Guid.NewGuid().ToString("n") + AtomicFile.TemporarySuffix);
        Directory.CreateDirectory(temporary);
        try
        {
            SafetensorsSpec[] tensors = [.. conversion.Tensors.Select(t => new SafetensorsSpec(t.Name, type, t.Shape))];
            long done = 0, all = tensors.Sum(t => t.Shape.Count);
            SafetensorsShardsWriter.Write(temporary, tensors, options.MostBytes, conversion.Source, elements => options.OnProgress?.Invoke(done += elements, all), stop);
            AtomicFile.WriteAllBytes(Path.Combine(temporary, "tokenizer.json"), tokenizerJson);
            WriteSettings(temporary, file.Metadata, conversion.Json!, tokenizer, type);
            AtomicFile.MoveFolder(temporary, path);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
        return options.Type is null && most != type.ToString() ? [$"weights of {most} are stored as {type}, which a folder can have"] : [];
    }

    private static void WriteSettings(string folder, GgufMetadata metadata, JsonObject config, Tokenizer tokenizer, DType type)
    {
        SpecialTokenIds special = SpecialTokens.Of(metadata);
        void WriteJson(string name, JsonObject json) => AtomicFile.WriteAllText(Path.Combine(folder, name), json.ToJsonString(s_options));
        JsonNode? Ends() => special.Eos is not { } eos ? null : special.MoreEnds.Count == 0 ? eos : new JsonArray([eos, .. special.MoreEnds.Select(id => (JsonNode)id)]);
        config["torch_dtype"] = type switch { DType.F32 => "float32", DType.F16 => "float16", _ => "bfloat16" };
        config["bos_token_id"] = special.Bos;
        config["eos_token_id"] = Ends();
        config["pad_token_id"] = special.Padding;
        WriteJson("config.json", config);

        var generation = new JsonObject { ["bos_token_id"] = special.Bos, ["eos_token_id"] = Ends(), ["pad_token_id"] = special.Padding };
        SamplingKeys.FromGguf(metadata, generation);
        WriteJson("generation_config.json", generation);

        var roles = new JsonObject();
        foreach ((string role, int? id) in new[] { ("bos_token", special.Bos), ("eos_token", special.Eos), ("unk_token", special.Unknown), ("pad_token", special.Padding) })
        {
            if (id is { } token && (uint)token < (uint)tokenizer.VocabularySize && tokenizer.TokenOf(token) is { } text)
                roles[role] = text;
        }
        WriteJson("special_tokens_map.json", roles);
        JsonObject settings = roles.DeepClone().AsObject();
        settings["tokenizer_class"] = "PreTrainedTokenizerFast";
        settings["model_max_length"] = config["max_position_embeddings"]?.DeepClone() ?? config["n_positions"]?.DeepClone();
        settings["clean_up_tokenization_spaces"] = false;
        if (metadata.Text("tokenizer.chat_template", "") is { Length: > 0 } template)
            settings["chat_template"] = template;
        WriteJson("tokenizer_config.json", settings);
    }
}
