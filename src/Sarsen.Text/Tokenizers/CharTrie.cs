using System.Runtime.CompilerServices;

namespace Sarsen.Text.Tokenizers;

/// <summary>Numbers by texts, found along a text: a trie over UTF-16 code units whose edges lie in one hash table.</summary>
internal sealed class CharTrie
{
    public const int Root = 0;

    private readonly KeyTable _edges = new();
    private readonly List<int> _values = [-1];

    /// <summary>False where the text is there already, which keeps its number.</summary>
    public bool TryAdd(ReadOnlySpan<char> text, int value)
    {
        int node = Root;
        foreach (char c in text)
        {
            int next = Step(node, c);
            if (next < 0)
            {
                next = _values.Count;
                _values.Add(-1);
                _edges.TryAdd(Key(node, c), next);
            }
            node = next;
        }
        if (_values[node] >= 0)
            return false;
        _values[node] = value;
        return true;
    }

    /// <summary>The node behind an edge, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Step(int node, char c) => (int)_edges.Find(Key(node, c));

    /// <summary>The number of the text that ends here, or -1.</summary>
    public int ValueAt(int node) => _values[node];

    /// <summary>The number of the longest text that <paramref name="text"/> begins with, or -1.</summary>
    public int Longest(ReadOnlySpan<char> text, out int length)
    {
        (int node, int best) = (Root, -1);
        length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            node = Step(node, text[i]);
            if (node < 0)
                break;
            if (_values[node] >= 0)
                (best, length) = (_values[node], i + 1);
        }
        return best;
    }

    private static ulong Key(int node, char c) => ((ulong)(uint)node << 16) | c;
}
