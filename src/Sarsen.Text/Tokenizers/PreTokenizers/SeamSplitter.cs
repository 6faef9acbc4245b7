namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>
/// Cuts between two characters that stand beside each other in no token. No merge can reach over such a seam, so the tokens
/// are the same as those of the whole text, and the short words between seams can be cached. Not for models that make one
/// unknown token of several unknown characters in a row: those may stand on both sides of a seam.
/// </summary>
internal sealed class SeamSplitter : Splitter
{
    private const int Rare = 255;

    // Frequent characters have numbers of their own, so that one look at a table tells; pairs with others are hashed.
    private readonly byte[] _numbers = new byte[char.MaxValue + 1];
    private readonly bool[] _joined = new bool[(Rare + 1) * (Rare + 1)];
    private readonly KeyTable _rareJoined = new();

    public SeamSplitter(IEnumerable<string> tokens)
    {
        string[] all = [.. tokens];
        Array.Fill(_numbers, (byte)Rare);
        int number = 0;
        foreach (char c in all.SelectMany(t => t).GroupBy(c => c).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Select(g => g.Key).Take(Rare))
            _numbers[c] = (byte)number++;
        foreach (string token in all)
        {
            for (int i = 1; i < token.Length; i++)
                Join(token[i - 1], token[i]);
        }
    }

    public override int Next(ReadOnlySpan<char> text, int start)
    {
        int end = start + 1;
        while (end < text.Length && AreJoined(text[end - 1], text[end]))
            end++;
        return end;
    }

    private void Join(char left, char right)
    {
        if (_numbers[left] == Rare || _numbers[right] == Rare)
            _rareJoined.TryAdd(Key(left, right), 0);
        else
            _joined[(_numbers[left] << 8) | _numbers[right]] = true;
    }

    private bool AreJoined(char left, char right)
    {
        (int l, int r) = (_numbers[left], _numbers[right]);
        return l == Rare || r == Rare
            ? char.IsSurrogatePair(left, right) || _rareJoined.Find(Key(left, right)) >= 0
            : _joined[(l << 8) | r] || char.IsSurrogatePair(left, right);
    }

    private static ulong Key(char left, char right) => ((ulong)left << 16) | right;
}
