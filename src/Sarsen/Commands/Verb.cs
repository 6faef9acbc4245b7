using System.CommandLine;

namespace Sarsen.Commands;

/// <summary>A command with examples, which its help closes with.</summary>
/// <param name="name">The word.</param>
/// <param name="description">One sentence: it also stands in the list of the command above.</param>
/// <param name="examples">Command lines that work.</param>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>Ctrl-C asks the command to end, and it is given time to; one that hears Ctrl-C itself says no.</summary>
    public bool EndsByInterrupt { get; set; } = true;
}
