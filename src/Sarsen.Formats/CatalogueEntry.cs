namespace Sarsen.Formats;

/// <summary>One line of a catalogue of records: the word that a spec and a stored file say, and the record it makes.</summary>
/// <param name="Word">In snake_case.</param>
/// <param name="Type">A record with a parameterless constructor.</param>
/// <param name="Aliases">Other words that mean the same in a spec; files hold <paramref name="Word"/>.</param>
public sealed record CatalogueEntry(string Word, Type Type, params string[] Aliases)
{
    /// <summary>When set, the word is a ready-made value without settings: <c>relu</c> for <c>activation: relu</c>.</summary>
    public Func<object>? Ready { get; init; }
}
