namespace Sarsen.Bench.Language;

/// <summary>A language model of random weights, and what it does: <c>135m-q4_0-prefill</c>.</summary>
/// <param name="Shape">Its sizes.</param>
/// <param name="Type">How its weights are stored: F16, Q8_0, Q4_0 or Q4_K_M.</param>
/// <param name="Task">prefill or decode.</param>
internal sealed record LanguageCase(LanguageShape Shape, string Type, string Task)
{
    private static readonly string[] s_types = ["F16", "Q8_0", "Q4_0", "Q4_K_M"];

    /// <summary>Tokens of the prompt that is read, and tokens that are generated behind one token.</summary>
    public const int Prompt = 512, Answer = 128;

    public static IReadOnlyList<LanguageCase> All { get; } =
        [.. from shape in LanguageShape.All from type in s_types from task in (string[])["prefill", "decode"] select new LanguageCase(shape, type, task)];

    public string Name => $"{ModelName}-{Task}";

    public string ModelName => $"{Shape.Name}-{Type.ToLowerInvariant()}";

    public static LanguageCase Of(string name) => All.Single(c => c.Name == name);
}
