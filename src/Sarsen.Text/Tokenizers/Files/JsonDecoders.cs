using System.Text;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// The decoders of tokenizer.json, one a line. What a file says as steps over a list of tokens is done once for each token
/// when it is read, so that a token has its bytes whatever stands around it; the one thing that depends on the place, the
/// space before the first word, is left to the stream.
/// </summary>
internal sealed class JsonDecoders
{
    private static readonly Dictionary<string, Action<JsonDecoders, JsonPart>> Known = new(StringComparer.Ordinal)
    {
        ["ByteLevel"] = (decoders, _) => decoders._byteLevel = true,
        ["ByteFallback"] = (decoders, _) => decoders._fallback = true,
        ["Fuse"] = (decoders, _) => decoders._fused = true,
        ["Replace"] = (decoders, part) => decoders.AddReplace(part),
        ["Strip"] = (decoders, part) => decoders.AddStrip(part),
        ["Metaspace"] = (decoders, part) => decoders.AddMetaspace(part),
        ["WordPiece"] = (decoders, part) => decoders.AddWordPiece(part),
        ["Sequence"] = (decoders, part) => decoders.AddAll(part.Parts("decoders")),
    };

    private readonly List<Func<string, string>> _steps = [];
    private bool _byteLevel, _fallback, _fused;

    /// <param name="part">The decoder of a file; without one tokens are joined by spaces.</param>
    public JsonDecoders(JsonPart? part)
    {
        if (part is { } given)
        {
            AddAll([given]);
            return;
        }
        _steps.Add(text => " " + text);
        StripsLeadingSpace = true;
    }

    public bool StripsLeadingSpace { get; private set; }

    public byte[] BytesOf(string token)
    {
        if (_fallback && TokenTable.FallbackByte(token) is int value and >= 0)
            return [(byte)value];
        string text = _steps.Aggregate(token, (current, step) => step(current));
        return _byteLevel && ByteAlphabet.Read(text) is { } bytes ? bytes : Encoding.UTF8.GetBytes(text);
    }

    private void AddAll(IEnumerable<JsonPart> parts)
    {
        foreach (JsonPart part in parts)
        {
            if (!Known.TryGetValue(part.Type, out Action<JsonDecoders, JsonPart>? add))
                throw part.Unknown("decoder", Known.Keys);
            add(this, part);
        }
    }

    private void AddReplace(JsonPart part)
    {
        JsonPart pattern = part.Part("pattern") ?? throw part.Fail("has no pattern");
        (string from, string to) = (pattern.Text("String"), part.Text("content"));
        if (from.Length == 0)
            throw part.Fail("replaces the empty text");
        _steps.Add(text => text.Replace(from, to, StringComparison.Ordinal));
    }

    private void AddStrip(JsonPart part)
    {
        string content = part.Text("content");
        (long start, long stop) = (part.Number("start", 0), part.Number("stop", 0));
        if (content.Length != 1 || start < 0 || stop < 0)
            throw part.Fail("must strip one character, so many times at the start and at the stop");
        if (!_fused)
        {
            _steps.Add(text => text[Leading(text, content[0], start)..].TrimStop(content[0], stop));
            return;
        }
        if (content != " " || start > 1 || stop != 0)
            throw part.Fail("strips the whole text by more than one space at its start, which is not known");
        StripsLeadingSpace |= start == 1;
    }

    private void AddMetaspace(JsonPart part)
    {
        char mark = JsonPreTokenizers.Mark(part);
        _steps.Add(text => text.Replace(mark, ' '));
        StripsLeadingSpace = JsonPreTokenizers.Prepending(part) != PrependScheme.Never;
    }

    private void AddWordPiece(JsonPart part)
    {
        string prefix = part.TextOrNull("prefix") ?? "##";
        bool cleanup = part.Flag("cleanup", true);
        _steps.Add(text =>
        {
            string spaced = prefix.Length > 0 && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : " " + text;
            return cleanup ? WordSpacing.Clean(spaced) : spaced;
        });
        StripsLeadingSpace = true;
    }

    private static int Leading(string text, char c, long most)
    {
        int count = 0;
        while (count < text.Length && count < most && text[count] == c)
            count++;
        return count;
    }
}
