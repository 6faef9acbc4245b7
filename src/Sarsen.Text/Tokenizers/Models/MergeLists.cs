using System.Text;
using Sarsen.Formats;

namespace Sarsen.Text.Tokenizers.Models;

/// <summary>Merges from what files hold: a list of pairs, scores of tokens, or nothing but the tokens in the order in which they were made.</summary>
internal static class MergeLists
{
    // All ways to cut a token in two are looked up, which costs n * n for n characters. The longest in use have 128.
    private const int LongestToken = 512;

    /// <summary>Pairs in order; the two become the token that is spelt as both together.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="idOf">The id of a token by its spelling.</param>
    /// <param name="continuingPrefix">What the right one of a pair loses when it joins the left one.</param>
    /// <param name="file">For messages.</param>
    /// <exception cref="ModelFormatException">One of the three is no token.</exception>
    public static Merges FromPairs(IReadOnlyList<(string Left, string Right)> pairs, IReadOnlyDictionary<string, int> idOf, string continuingPrefix, string file)
    {
        var merges = new Merges(pairs.Count);
        for (int rank = 0; rank < pairs.Count; rank++)
        {
            (string left, string right) = pairs[rank];
            string rest = continuingPrefix.Length > 0 && right.StartsWith(continuingPrefix, StringComparison.Ordinal)
                ? right[continuingPrefix.Length..]
                : right;
            if (!idOf.TryGetValue(left, out int leftId) || !idOf.TryGetValue(right, out int rightId) || !idOf.TryGetValue(left + rest, out int joined))
                throw new ModelFormatException(file, 0, $"merge {rank} joins '{left}' and '{right}', but one of them or both together are no token of the vocabulary");
            merges.TryAdd(leftId, rightId, rank, joined);
        }
        return merges;
    }

    /// <summary>Any two neighbours that together are a token join, the one of the lowest rank first.</summary>
    /// <param name="tokens">Byte strings with their ids, which are the ranks.</param>
    /// <param name="file">For messages.</param>
    /// <exception cref="ModelFormatException">A token is too long, or there twice.</exception>
    public static Merges FromRanks(IReadOnlyList<(byte[] Bytes, int Id)> tokens, string file)
    {
        // Latin-1 makes texts of bytes one to one, so that parts are looked up without copies.
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        foreach ((byte[] bytes, int id) in tokens)
        {
            if (bytes.Length is 0 or > LongestToken)
                throw new ModelFormatException(file, 0, $"the token {id} has {bytes.Length} bytes, 1 to {LongestToken} are expected");
            if (!ids.TryAdd(Encoding.Latin1.GetString(bytes), id))
                throw new ModelFormatException(file, 0, $"the bytes of token {id} are there twice");
        }
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> parts = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new Merges(tokens.Count * 2);
        foreach ((string text, int id) in ids)
        {
            for (int cut = 1; cut < text.Length; cut++)
            {
                if (parts.TryGetValue(text.AsSpan(0, cut), out int left) && parts.TryGetValue(text.AsSpan(cut), out int right))
                    merges.TryAdd(left, right, id, id);
            }
        }
        return merges;
    }

    /// <summary>Any two neighbours that together are a token join, the one of the highest score first, of equals the leftmost.</summary>
    /// <param name="tokens">Texts with their ids.</param>
    /// <param name="scores">By id.</param>
    /// <param name="symbols">Knows the tokens of one character, and learns of those that are only parts.</param>
    /// <param name="file">For messages.</param>
    /// <exception cref="ModelFormatException">A token is too long.</exception>
    public static Merges FromScores(IReadOnlyList<(string Text, int Id)> tokens, ReadOnlySpan<float> scores, CharSymbols symbols, string file)
    {
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        foreach ((string text, int id) in tokens)
        {
            if (text.Length > LongestToken)
                throw new ModelFormatException(file, 0, $"the token {id} has {text.Length} characters, at most {LongestToken} are expected");
            if (!ids.TryAdd(text, id))
                continue;
            if (IsOneCharacter(text))
                symbols.Add(char.ConvertToUtf32(text, 0), id);
        }
        var rankOf = new Dictionary<float, int>();
        foreach (float score in scores.ToArray().Distinct().OrderDescending())
            rankOf[score] = rankOf.Count;
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> parts = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new Merges(tokens.Count * 2);
        foreach ((string text, int id) in ids)
        {
            for (int cut = 1; cut < text.Length; cut++)
            {
                int left = Symbol(text.AsSpan(0, cut), parts, symbols), right = Symbol(text.AsSpan(cut), parts, symbols);
                if (left >= 0 && right >= 0)
                    merges.TryAdd(left, right, rankOf[scores[id]], id);
            }
        }
        return merges;
    }

    private static int Symbol(ReadOnlySpan<char> part, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> parts, CharSymbols symbols)
    {
        if (parts.TryGetValue(part, out int id))
            return id;
        return Rune.DecodeFromUtf16(part, out Rune rune, out int used) == System.Buffers.OperationStatus.Done && used == part.Length
            ? symbols.SymbolFor(rune.Value)
            : -1;
    }

    private static bool IsOneCharacter(string text) =>
        Rune.DecodeFromUtf16(text, out _, out int used) == System.Buffers.OperationStatus.Done && used == text.Length;
}
