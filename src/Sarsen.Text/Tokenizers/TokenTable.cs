using System.Text;
using Sarsen.Formats;

namespace Sarsen.Text.Tokenizers;

/// <summary>The tokens of a vocabulary by id: how the file spells each, and the bytes that each stands for.</summary>
internal sealed class TokenTable
{
    /// <summary>Ids are below this; the largest vocabularies have a quarter of a million tokens.</summary>
    public const int MaxSize = 1 << 22;

    // Tries of tokens take some tens of bytes for each character; the largest vocabularies have two million.
    private const long MaxCharacters = 1 << 24;

    private readonly string?[] _texts;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly int[] _ends;
    private readonly byte[] _bytes;

    /// <param name="texts">By id; null where an id has no token. Of equal texts the first is found.</param>
    /// <param name="bytesOf">The bytes of a token.</param>
    public TokenTable(string?[] texts, Func<int, string, byte[]> bytesOf)
    {
        _texts = texts;
        _ends = new int[texts.Length];
        var bytes = new MemoryStream();
        for (int id = 0; id < texts.Length; id++)
        {
            if (texts[id] is { } text)
            {
                _ids.TryAdd(text, id);
                bytes.Write(bytesOf(id, text));
            }
            _ends[id] = checked((int)bytes.Length);
        }
        _bytes = bytes.ToArray();
    }

    public int Size => _texts.Length;

    public IReadOnlyDictionary<string, int> Ids => _ids;

    public string? TextOf(int id) => _texts[id];

    public int? IdOf(string text) => _ids.TryGetValue(text, out int id) ? id : null;

    public ReadOnlySpan<byte> BytesOf(int id) => _bytes.AsSpan((id == 0 ? 0 : _ends[id - 1]).._ends[id]);

    /// <summary>Texts by id from ids by text.</summary>
    /// <exception cref="ModelFormatException">An id is out of range, or two tokens have the same.</exception>
    public static string?[] TextsById(IEnumerable<(string Text, long Id)> tokens, string file)
    {
        var list = tokens.ToList();
        long size = list.Count == 0 ? 0 : list.Max(t => t.Id) + 1;
        if (size > MaxSize || list.Any(t => t.Id < 0))
            throw new ModelFormatException(file, 0, $"the ids of the vocabulary must lie from 0 to {MaxSize - 1}");
        CheckLength(list.Select(t => t.Text), file);
        string?[] texts = new string?[size];
        foreach ((string text, long id) in list)
        {
            if (texts[id] is { } other && other != text)
                throw new ModelFormatException(file, 0, $"the tokens '{other}' and '{text}' have the same id {id}");
            texts[id] = text;
        }
        return texts;
    }

    /// <exception cref="ModelFormatException">All tokens together are longer than any vocabulary is.</exception>
    public static void CheckLength(IEnumerable<string> texts, string file)
    {
        long characters = texts.Sum(t => (long)t.Length);
        if (characters > MaxCharacters)
            throw new ModelFormatException(file, 0, $"the tokens of the vocabulary have {characters} characters, at most {MaxCharacters} are expected");
    }

    /// <summary>The byte that a token of byte fallback (<c>&lt;0x0A&gt;</c>) stands for, or -1.</summary>
    public static int FallbackByte(string text) =>
        text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>'
            && byte.TryParse(text.AsSpan(3, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out byte value)
            ? value
            : -1;

    /// <summary>The tokens of byte fallback by byte, or null where one is missing.</summary>
    public static int[]? FallbackIds(string?[] texts)
    {
        int[] ids = new int[256];
        Array.Fill(ids, -1);
        for (int id = 0; id < texts.Length; id++)
        {
            if (texts[id] is { } text && FallbackByte(text) is int value and >= 0 && ids[value] < 0)
                ids[value] = id;
        }
        return ids.Contains(-1) ? null : ids;
    }

    /// <summary>The bytes of a token of SentencePiece: a byte, or text with <c>▁</c> for spaces.</summary>
    public static byte[] SentencePieceBytes(string text) =>
        FallbackByte(text) is int value and >= 0 ? [(byte)value] : Encoding.UTF8.GetBytes(text.Replace('\u2581', ' '));
}
