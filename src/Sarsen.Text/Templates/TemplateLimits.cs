namespace Sarsen.Text.Templates;

/// <summary>What a template may use up: templates come with models from anywhere, and one may be written to never end.</summary>
public sealed record TemplateLimits
{
    public static TemplateLimits Default { get; } = new();

    /// <summary>UTF-16 units of a template's source. The longest of known models has 17,149.</summary>
    public int MaxSource { get; init; } = 1 << 20;

    /// <summary>How deep statements and expressions may lie in each other. Each level takes stack.</summary>
    public int MaxNesting { get; init; } = 128;

    /// <summary>How deep macros may call each other, and how deep values may lie in each other.</summary>
    public int MaxCalls { get; init; } = 100;

    /// <summary>Statements, expressions and compared or written values of one rendering; ten million take about a second.</summary>
    public long MaxSteps { get; init; } = 10_000_000;

    /// <summary>UTF-16 units and elements that one rendering makes in all, its intermediate texts and lists included.</summary>
    public long MaxSize { get; init; } = 64 << 20;
}
