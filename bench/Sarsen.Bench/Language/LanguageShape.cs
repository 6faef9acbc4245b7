namespace Sarsen.Bench.Language;

/// <summary>The sizes of a Llama.</summary>
/// <param name="Name">As cases call it.</param>
/// <param name="Layers">Layers.</param>
/// <param name="Width">Elements of a token's vector.</param>
/// <param name="Heads">Heads of queries.</param>
/// <param name="KvHeads">Heads of keys and values.</param>
/// <param name="Inner">Elements within the feed-forward network.</param>
/// <param name="Vocabulary">Tokens.</param>
internal sealed record LanguageShape(string Name, int Layers, int Width, int Heads, int KvHeads, int Inner, int Vocabulary)
{
    /// <summary>SmolLM2-135M and Llama-3.2-1B.</summary>
    public static IReadOnlyList<LanguageShape> All { get; } =
    [
        new("135m", 30, 576, 9, 3, 1536, 49152),
        new("1b", 16, 2048, 32, 8, 8192, 128256),
    ];

    public const int ContextLength = 2048;
}
