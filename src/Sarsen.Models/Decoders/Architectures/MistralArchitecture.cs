namespace Sarsen.Models.Decoders.Architectures;

/// <summary>Mistral: Llama whose layers see a window of positions. Source: Jiang et al., «Mistral 7B», 2023.</summary>
internal sealed class MistralArchitecture : LlamaArchitecture
{
    public override IReadOnlyList<string> ModelTypes => ["mistral"];

    /// <summary>In GGUF it goes as a Llama with a window.</summary>
    public override IReadOnlyList<string> GgufNames => [];

    public override string GgufName => "llama";

    public override IEnumerable<string> GgufNotes(DecoderConfig config) => config.SlidingWindow > 0 && config.SlidingWindow < config.MaxPositionEmbeddings
        ? [$"llama.cpp does not look at the window of this family: beyond {config.SlidingWindow} tokens it sees more than the model was trained to"]
        : [];

    public override DecoderConfig Config(ConfigReader json) => Common(json) with { SlidingWindow = json.Int("sliding_window", 0) };
}
