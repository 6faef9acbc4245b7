using Sarsen.Formats;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>All families of decoders.</summary>
internal static class ArchitectureCatalogue
{
    public static IReadOnlyList<Architecture> All { get; } =
    [
        new GemmaArchitecture(),
        new Gemma2Architecture(),
        new Gemma3Architecture(),
        new Gpt2Architecture(),
        new GptNeoXArchitecture(),
        new LlamaArchitecture(),
        new MistralArchitecture(),
        new Phi3Architecture(),
        new Qwen2Architecture(),
        new Qwen3Architecture(),
    ];

    /// <exception cref="ModelFormatException">There is none of that type.</exception>
    public static Architecture Of(string path, string modelType) =>
        All.FirstOrDefault(architecture => architecture.ModelTypes.Contains(modelType))
        ?? throw new ModelFormatException(path, 0, $"the model type '{modelType}' is not supported: {string.Join(", ", All.SelectMany(a => a.ModelTypes))} are");

    /// <exception cref="ModelFormatException">There is none of that name.</exception>
    public static Architecture Of(string path, GgufMetadata metadata)
    {
        string name = metadata.Text("general.architecture");
        return All.FirstOrDefault(architecture => architecture.GgufNames.Contains(name))
            ?? throw new ModelFormatException(path, 0, $"the architecture '{name}' is not supported: {string.Join(", ", All.SelectMany(a => a.GgufNames))} are");
    }
}
