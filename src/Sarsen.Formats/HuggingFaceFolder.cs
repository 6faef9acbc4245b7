using System.Text.Json;

namespace Sarsen.Formats;

/// <summary>
/// A model's folder as Hugging Face lays it out: its configuration, and where they are there, generation settings, tokenizer
/// and chat template. What is read is checked to be JSON and Unicode; what it says is for those who use it.
/// </summary>
public sealed record HuggingFaceFolder
{
    public const string ConfigName = "config.json", WeightsName = "model.safetensors";

    private const int LongestConfig = 1 << 24, LongestTokenizer = 1 << 28;

    private static readonly JsonElement? s_empty = JsonElement.Parse("{}");

    public required string Path { get; init; }

    /// <summary><c>config.json</c>: an object; an empty one where it may be missing.</summary>
    public required JsonElement Config { get; init; }

    /// <summary><c>generation_config.json</c>: an object; null where it is missing.</summary>
    public JsonElement? GenerationConfig { get; init; }

    /// <summary><c>tokenizer_config.json</c>: an object; null where it is missing.</summary>
    public JsonElement? TokenizerConfig { get; init; }

    /// <summary><c>special_tokens_map.json</c>: an object; null where it is missing.</summary>
    public JsonElement? SpecialTokens { get; init; }

    /// <summary>The bytes of <c>tokenizer.json</c>; null where it is missing.</summary>
    public byte[]? Tokenizer { get; init; }

    /// <summary>
    /// The template that makes a prompt of messages, in Jinja: <c>chat_template.jinja</c>, else <c>chat_template</c> of
    /// <c>chat_template.json</c> or of the tokenizer's configuration; of several by name, the one named default. Null where
    /// there is none.
    /// </summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Is it a folder with a <c>config.json</c>.</summary>
    public static bool IsAt(string path) => File.Exists(System.IO.Path.Combine(path, ConfigName));

    /// <param name="path">The folder.</param>
    /// <param name="configured">False: what the model is, is said elsewhere, and <c>config.json</c> may be missing.</param>
    /// <exception cref="ModelFormatException">A file is not what it should be, or <c>config.json</c> is missing.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static HuggingFaceFolder Read(string path, bool configured = true)
    {
        string FileOf(string name) => System.IO.Path.Combine(path, name);
        JsonElement config = Object(FileOf(ConfigName)) ?? (configured ? null : s_empty)
            ?? throw new ModelFormatException(path, 0, $"the folder has no {ConfigName}: this is no model of Hugging Face's layout, or it was not fetched whole");
        JsonElement? tokenizerConfig = Object(FileOf("tokenizer_config.json"));
        return new HuggingFaceFolder
        {
            Path = path,
            Config = config,
            GenerationConfig = Object(FileOf("generation_config.json")),
            TokenizerConfig = tokenizerConfig,
            SpecialTokens = Object(FileOf("special_tokens_map.json")),
            Tokenizer = File.Exists(FileOf("tokenizer.json")) ? JsonFile.ReadBytes(FileOf("tokenizer.json"), LongestTokenizer) : null,
            ChatTemplate = Plain(FileOf("chat_template.jinja"))
                ?? TemplateOf(FileOf("chat_template.json"), Object(FileOf("chat_template.json")))
                ?? TemplateOf(FileOf("tokenizer_config.json"), tokenizerConfig),
        };
    }

    /// <summary>A small file of settings that lies in such a folder, whatever it holds.</summary>
    /// <exception cref="ModelFormatException">It is too long, or not JSON.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static JsonDocument ReadSettings(string path) => JsonFile.Read(path, LongestConfig);

    /// <summary>Opens the weights (<see cref="TensorSources.Open"/>).</summary>
    /// <exception cref="ModelFormatException">The weights are damaged or missing.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public ITensorSource OpenWeights() => TensorSources.Open(Path);

    private static JsonElement? Object(string path)
    {
        if (!File.Exists(path))
            return null;
        using JsonDocument document = JsonFile.Read(path, LongestConfig);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.Clone()
            : throw new ModelFormatException(path, 0, $"the file must hold an object; it holds {document.RootElement.ValueKind}");
    }

    private static string? Plain(string path) => File.Exists(path) ? JsonFile.Utf8(path, JsonFile.ReadBytes(path, LongestConfig)) : null;

    private static string? TemplateOf(string path, JsonElement? config)
    {
        if (config is not { } settings || JsonFile.Find(path, settings, "chat_template") is not { ValueKind: not JsonValueKind.Null } template)
            return null;
        if (template.ValueKind != JsonValueKind.Array)
            return JsonFile.TextOf(path, template, "chat_template");
        foreach (JsonElement line in template.EnumerateArray())
        {
            if (line.ValueKind != JsonValueKind.Object || JsonFile.Find(path, line, "name") is not { } name || JsonFile.Find(path, line, "template") is not { } text)
                throw new ModelFormatException(path, 0, "chat_template must be a text, or a list of objects with name and template");
            if (JsonFile.TextOf(path, name, "the name of a chat template") == "default")
                return JsonFile.TextOf(path, text, "a chat template");
        }
        return null;
    }
}
