using System.Text;

namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>
/// The normalization forms of Unicode: decompose (canonically, or compatibly for the forms with K), order the combining
/// marks by their class, and for the forms with C compose. The runtime leaves text as it is under invariant globalization,
/// so this has tables of its own (<see cref="Decompositions"/>). Half a surrogate pair stays what it is.
/// Source: Unicode Standard Annex 15, and chapter 3.11 and 3.12 of the standard.
/// </summary>
internal sealed class UnicodeForm(bool compatible, bool compose) : Normalizer
{
    public static UnicodeForm Nfc { get; } = new(compatible: false, compose: true);
    public static UnicodeForm Nfd { get; } = new(compatible: false, compose: false);
    public static UnicodeForm Nfkc { get; } = new(compatible: true, compose: true);
    public static UnicodeForm Nfkd { get; } = new(compatible: true, compose: false);

    private bool[]? _unstable;

    public override void Apply(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        if (Ascii.IsValid(text) || IsNormal(text))
            return;
        var run = new List<(int Code, int Class)>();
        for (int i = 0; i < text.Length;)
        {
            int code = text[i];
            int length = 1;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                (code, length) = (char.ConvertToUtf32(text[i], text[i + 1]), 2);
            Decompose(code, run);
            i += length;
        }
        Order(run);
        if (compose)
            Compose(run);
        foreach ((int code, _) in run)
            Write(buffer, code);
        buffer.Commit();
    }

    // Text without a character that could change stays; which these are is looked up once, half pairs by what they may begin.
    private bool IsNormal(ReadOnlySpan<char> text)
    {
        bool[] unstable = _unstable ??= Unstable();
        foreach (char c in text)
        {
            if (unstable[c])
                return false;
        }
        return true;
    }

    private bool[] Unstable()
    {
        bool[] unstable = new bool[char.MaxValue + 1];
        foreach (int code in Decompositions.Unstable(compatible, compose))
            unstable[code <= char.MaxValue ? code : char.ConvertFromUtf32(code)[0]] = true;
        for (int code = 0; code <= char.MaxValue; code++)
            unstable[code] |= compose ? Hangul.IsVowelOrTrailing(code) : Hangul.TryDecompose(code, out _, out _, out _);
        return unstable;
    }

    private void Decompose(int code, List<(int Code, int Class)> run)
    {
        if (Hangul.TryDecompose(code, out int leading, out int vowel, out int trailing))
        {
            run.Add((leading, 0));
            run.Add((vowel, 0));
            if (trailing != 0)
                run.Add((trailing, 0));
            return;
        }
        if (Decompositions.Of(code, compatible) is not { } parts)
        {
            run.Add((code, Decompositions.CombiningClass(code)));
            return;
        }
        // The parts of a compatible decomposition may be syllables no more: the table holds full decompositions.
        foreach (int part in parts)
            run.Add((part, Decompositions.CombiningClass(part)));
    }

    // The marks between two starters in the order of their classes, those of one class as they came.
    private static void Order(List<(int Code, int Class)> run)
    {
        for (int start = 0; start < run.Count; start++)
        {
            if (run[start].Class == 0)
                continue;
            int end = start + 1;
            while (end < run.Count && run[end].Class != 0)
                end++;
            (int Code, int Class)[] ordered = [.. run.Skip(start).Take(end - start).OrderBy(e => e.Class)];
            for (int i = 0; i < ordered.Length; i++)
                run[start + i] = ordered[i];
            start = end;
        }
    }

    // A character is joined with the last starter unless one of its class or higher stands between them.
    private static void Compose(List<(int Code, int Class)> run)
    {
        (int starter, int lastClass, int kept) = (-1, -1, 0);
        for (int i = 0; i < run.Count; i++)
        {
            (int code, int rank) = run[i];
            if (starter >= 0 && lastClass < rank && Join(run[starter].Code, code) is int joined and >= 0)
            {
                run[starter] = (joined, 0);
                continue;
            }
            if (rank == 0)
                (starter, lastClass) = (kept, -1);
            else
                lastClass = rank;
            // A starter right behind a starter may still join with it; anything between blocks it.
            run[kept++] = (code, rank);
        }
        run.RemoveRange(kept, run.Count - kept);
    }

    private static int Join(int first, int second) =>
        Hangul.Compose(first, second) is int syllable and >= 0 ? syllable : Decompositions.Composed(first, second);

    private static void Write(TextBuffer buffer, int code)
    {
        if (Rune.IsValid(code))
            buffer.Append(code);
        else
            buffer.Append((char)code);
    }
}
