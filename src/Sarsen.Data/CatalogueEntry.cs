namespace Sarsen.Data;

/// <summary>One line of a catalogue: the word a spec and a stored file say, and the record it makes.</summary>
/// <param name="Word">In snake_case.</param>
/// <param name="Type">A record with a parameterless constructor.</param>
/// <param name="Aliases">Other words that mean the same.</param>
public sealed record CatalogueEntry(string Word, Type Type, params string[] Aliases);
