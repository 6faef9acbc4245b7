using System.Text;

namespace Sarsen.Serving.Language;

/// <summary>
/// Lets a text through as it comes, up to the first of some stop texts: what could still become one is held back until it is
/// clear. For one thread.
/// </summary>
/// <param name="stops">The texts, none empty.</param>
internal sealed class StopTexts(IReadOnlyList<string> stops)
{
    private readonly StringBuilder _held = new();

    /// <summary>A stop text came; nothing follows.</summary>
    public bool Found { get; private set; }

    /// <summary>Adds text and returns what is certain now.</summary>
    public string Add(ReadOnlySpan<char> text)
    {
        if (Found)
            return "";
        if (stops.Count == 0)
            return text.ToString();
        string all = _held.Append(text).ToString();
        int at = -1;
        foreach (string stop in stops)
        {
            int found = all.IndexOf(stop, StringComparison.Ordinal);
            if (found >= 0 && (at < 0 || found < at))
                at = found;
        }
        Found = at >= 0;
        int certain = Found ? at : all.Length - Begun(all);
        _held.Clear().Append(Found ? "" : all.AsSpan(certain));
        return all[..certain];
    }

    /// <summary>The end: what was held back was none.</summary>
    public string End()
    {
        string rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    /// <summary>The longest end of a text that a stop text begins with.</summary>
    private int Begun(string text)
    {
        int longest = 0;
        foreach (string stop in stops)
            longest = Math.Max(longest, Marks.BegunAtEnd(text, stop));
        return longest;
    }
}
