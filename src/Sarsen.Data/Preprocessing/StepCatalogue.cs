using Sarsen.Formats;

namespace Sarsen.Data.Preprocessing;

/// <summary>Every step there is; a new one is one more line.</summary>
public static class StepCatalogue
{
    public static IReadOnlyList<CatalogueEntry> All { get; } = [];
}
