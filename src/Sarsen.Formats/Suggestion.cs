namespace Sarsen.Formats;

/// <summary>
/// The nearest right word, by the Damerau-Levenshtein distance in its optimal string alignment form
/// (insertions, deletions, substitutions, swaps of neighbours: each costs 1).
/// </summary>
public static class Suggestion
{
    private const int LongestWord = 64;

    /// <summary>The nearest candidate, the first of equals, or null when none is within a third of the word's length.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > LongestWord)
            return null;
        string folded = Fold(word);
        string? best = null;
        int bestDistance = Math.Max(1, (word.Length + 1) / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(folded, Fold(candidate));
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }
        return best;
    }

    /// <summary>Edits from one word to the other; <see cref="int.MaxValue"/> where a word has more than 64 characters.</summary>
    public static int Distance(string a, string b)
    {
        if (a.Length > LongestWord || b.Length > LongestWord)
            return int.MaxValue;
        int width = b.Length + 1;
        Span<int> table = stackalloc int[(a.Length + 1) * width];
        for (int j = 0; j <= b.Length; j++)
            table[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            table[i * width] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                int least = Math.Min(table[(i - 1) * width + j - 1] + cost,
                    1 + Math.Min(table[(i - 1) * width + j], table[i * width + j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, table[(i - 2) * width + j - 2] + 1);
                table[i * width + j] = least;
            }
        }
        return table[a.Length * width + b.Length];
    }

    // 'batchSize', 'Batch-Size' and 'batch_size' are one word to a person.
    private static string Fold(string word) =>
        string.Concat(word.Where(c => c is not ('_' or '-' or ' '))).ToLowerInvariant();
}
