namespace Sarsen.Nn;

/// <summary>
/// Names of parameters by pattern: <c>*</c> stands for any characters, dots among them, <c>?</c> for one.
/// <c>features.*</c> is all that lies in features, <c>*.bias</c> every bias.
/// </summary>
public static class NamePattern
{
    public static bool Matches(string pattern, string name) => Matches(pattern.AsSpan(), name);

    /// <summary>Does any of the patterns match.</summary>
    public static bool MatchesAny(IReadOnlyList<string> patterns, string name) => patterns.Any(p => Matches(p, name));

    // Goes back to the last star only: linear in the name for each star.
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        (int p, int n, int star, int behind) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, behind) = (p++, n);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++behind;
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].TrimStart('*').IsEmpty;
    }
}
