using System.Text;

namespace Sarsen.Text.Vocabularies;

/// <summary>
/// Numbers for the words or characters of texts: 0 is <see cref="Padding"/>, 1 is <see cref="Unknown"/>, the tokens
/// follow, most frequent first. By bytes there are no tokens: byte b is 2 + b. Immutable; safe for any number of threads.
/// </summary>
public sealed class Vocabulary
{
    public const int Padding = 0;
    public const int Unknown = 1;
    private const int FirstToken = 2;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    /// <param name="unit">What texts are cut into.</param>
    /// <param name="lowercase">Whether texts are put in lower case (invariant) before.</param>
    /// <param name="tokens">The tokens in the order of their ids; none by bytes.</param>
    /// <exception cref="ArgumentException">A token is there twice, or is given where bytes are counted.</exception>
    public Vocabulary(TextUnit unit, bool lowercase, IReadOnlyList<string> tokens)
    {
        if (unit == TextUnit.Byte && tokens.Count > 0)
            throw new ArgumentException($"{tokens.Count} tokens given, but bytes have none", nameof(tokens));
        (Unit, Lowercase, Tokens) = (unit, lowercase, tokens);
        foreach (string token in tokens)
        {
            if (!_ids.TryAdd(token, FirstToken + _ids.Count))
                throw new ArgumentException($"the token '{token}' is there twice", nameof(tokens));
        }
    }

    public TextUnit Unit { get; }

    public bool Lowercase { get; }

    public IReadOnlyList<string> Tokens { get; }

    /// <summary>Ids are below this.</summary>
    public int Size => FirstToken + (Unit == TextUnit.Byte ? 256 : Tokens.Count);

    /// <summary>The first ids of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Where they go.</param>
    /// <param name="last">The last ids instead of the first, where there are more than fit.</param>
    /// <returns>How many were written.</returns>
    public int Encode(ReadOnlySpan<char> text, Span<long> ids, bool last = false)
    {
        long total = 0;
        if (ids.IsEmpty)
            return 0;
        // The last ids are found by writing round and round and turning the ring at the end.
        if (Unit == TextUnit.Byte)
        {
            Span<byte> utf8 = stackalloc byte[4];
            foreach (Rune rune in (Lowercase ? Lower(text) : text).EnumerateRunes())
            {
                int length = rune.EncodeToUtf8(utf8);
                for (int i = 0; i < length && Put(ids, FirstToken + utf8[i], last, ref total); i++)
                {
                }
            }
        }
        else
        {
            Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> known = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
            foreach (ReadOnlySpan<char> unit in new TextUnits(Lowercase ? Lower(text) : text, Unit))
            {
                if (!Put(ids, known.TryGetValue(unit, out int id) ? id : Unknown, last, ref total))
                    break;
            }
        }
        if (total <= ids.Length)
            return (int)total;
        if (last)
            Turn(ids, (int)(total % ids.Length));
        return ids.Length;
    }

    /// <summary>The units of a text as this vocabulary would look them up, for counting.</summary>
    public static ReadOnlySpan<char> Lower(ReadOnlySpan<char> text)
    {
        char[] lower = new char[text.Length];
        text.ToLowerInvariant(lower);
        return lower;
    }

    private static bool Put(Span<long> ids, int id, bool last, ref long total)
    {
        if (!last && total >= ids.Length)
            return false;
        ids[(int)(total++ % ids.Length)] = id;
        return true;
    }

    // Brings element `first` to the front.
    private static void Turn(Span<long> ids, int first)
    {
        ids[..first].Reverse();
        ids[first..].Reverse();
        ids.Reverse();
    }
}
