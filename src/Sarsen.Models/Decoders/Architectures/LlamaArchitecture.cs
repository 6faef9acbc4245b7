namespace Sarsen.Models.Decoders.Architectures;

/// <summary>Llama 1 to 3.x, and SmolLM, which is one. Source: Touvron et al., 2023; Grattafiori et al., «The Llama 3 herd of models», 2024.</summary>
internal sealed class LlamaArchitecture : Architecture
{
    public override IReadOnlyList<string> ModelTypes => ["llama"];

    public override DecoderConfig Config(ConfigReader json) => Common(json);
}
