using Sarsen.Formats;

namespace Sarsen.Commands;

/// <summary>The types of weights that <c>--type</c> takes.</summary>
internal static class MixtureOption
{
    /// <exception cref="CommandException">There is none of that name; the message names the nearest.</exception>
    public static GgufMixture Read(string name)
    {
        if (GgufMixture.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
            return GgufMixture.Find(name);
        string nearest = Suggestion.Nearest(name, GgufMixture.Names) is { } near ? $"; did you mean '{near}'?" : "";
        throw new CommandException($"--type takes {string.Join(", ", GgufMixture.Names)}; found '{name}'{nearest}");
    }
}
