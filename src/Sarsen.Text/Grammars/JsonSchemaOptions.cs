namespace Sarsen.Text.Grammars;

/// <summary>How JSON Schemas are enforced.</summary>
public sealed record JsonSchemaOptions
{
    public static JsonSchemaOptions Default { get; } = new();

    /// <summary>
    /// Keywords that may be there though no automaton can enforce them, such as <c>uniqueItems</c>: the text then matches
    /// everything else. None by default, so that a schema that cannot be kept is refused.
    /// </summary>
    public IReadOnlySet<string> Unenforced { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}
