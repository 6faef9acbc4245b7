namespace Sarsen.Serving.Language.Tools;

/// <summary>The formats of tool calls; a new one is one more line.</summary>
public static class ToolFormats
{
    private static readonly ToolFormat[] s_all = [new HermesFormat(), new MistralFormat(byName: false), new MistralFormat(byName: true), new LlamaFormat()];

    /// <summary>Special tokens that constraints of tool calls spell.</summary>
    internal static IReadOnlySet<string> SpecialMarkers { get; } = s_all.SelectMany(f => f.Markers).ToHashSet(StringComparer.Ordinal);

    /// <summary>The format that a template writes calls in; null where it writes none, or in one that is not known.</summary>
    public static ToolFormat? Of(string template) => s_all.FirstOrDefault(f => f.Writes(template));
}
