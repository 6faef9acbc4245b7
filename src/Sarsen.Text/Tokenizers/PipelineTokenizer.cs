using System.Collections.Concurrent;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// The way all tokenizers go: added tokens are found in the text, what lies between is normalized, those added tokens that
/// are looked for in normalized text are found, the rest is cut into words, and the model makes tokens of each word.
/// </summary>
internal sealed class PipelineTokenizer : Tokenizer
{
    private readonly PipelineParts _parts;
    private readonly Splitter? _splitter;
    private readonly Dictionary<string, int> _special = new(StringComparer.Ordinal);
    private readonly bool[] _isSpecial;
    private readonly AddedTokenSearch _raw, _rawText, _normal, _normalText;
    private readonly ConcurrentBag<EncodeScratch> _scratch = [];

    public PipelineTokenizer(PipelineParts parts)
    {
        _parts = parts;
        _splitter = parts.PreTokenizer as Splitter;
        _isSpecial = new bool[parts.Table.Size];
        foreach (AddedToken token in parts.Added.Where(t => t.Special))
        {
            _special.TryAdd(token.Text, token.Id);
            _isSpecial[token.Id] = true;
        }
        (AddedToken Token, string Spelling)[] spelt = [.. parts.Added.Select(t => (t, t.Normalized ? Normalize(t.Text) : t.Text))];
        _raw = new AddedTokenSearch(spelt.Where(t => !t.Token.Normalized));
        _rawText = new AddedTokenSearch(spelt.Where(t => !t.Token.Normalized && !t.Token.Special));
        _normal = new AddedTokenSearch(spelt.Where(t => t.Token.Normalized));
        _normalText = new AddedTokenSearch(spelt.Where(t => t.Token.Normalized && !t.Token.Special));
    }

    public override int VocabularySize => _parts.Table.Size;

    public override IReadOnlyDictionary<string, int> SpecialTokens => _special;

    internal override bool StripsLeadingSpace => _parts.StripsLeadingSpace;

    public override bool IsSpecial(int id) => (uint)id < (uint)_isSpecial.Length && _isSpecial[id];

    public override string? TokenOf(int id) => _parts.Table.TextOf(Checked(id));

    public override int? IdOf(string token) => _parts.Table.IdOf(token);

    public override ReadOnlySpan<byte> BytesOf(int id) => _parts.Table.BytesOf(Checked(id));

    public override void Encode(ReadOnlySpan<char> text, TokenIds ids, EncodeOptions options = default)
    {
        EncodeScratch scratch = Rent();
        if (options.AddSpecial)
            AddAll(_parts.Template.Before, ids);
        EncodeText(text, scratch, ids, options.ParseSpecial);
        if (options.AddSpecial)
            AddAll(_parts.Template.After, ids);
        _scratch.Add(scratch);
    }

    public override void EncodePair(ReadOnlySpan<char> first, ReadOnlySpan<char> second, TokenIds ids, EncodeOptions options = default)
    {
        EncodeScratch scratch = Rent();
        foreach (int id in options.AddSpecial ? _parts.Template.PairOrPlain : [SpecialTemplate.First, SpecialTemplate.Second])
        {
            if (id >= 0)
                ids.Add(id);
            else
                EncodeText(id == SpecialTemplate.First ? first : second, scratch, ids, options.ParseSpecial);
        }
        _scratch.Add(scratch);
    }

    private void EncodeText(ReadOnlySpan<char> text, EncodeScratch scratch, TokenIds ids, bool parseSpecial)
    {
        AddedTokenSearch search = parseSpecial ? _raw : _rawText;
        int from = 0;
        while (!search.IsEmpty && search.Find(text, from, out int start, out int end) is { } token)
        {
            EncodeSection(text[from..start], from == 0, scratch, ids, parseSpecial);
            ids.Add(token.Id);
            from = end;
        }
        EncodeSection(text[from..], from == 0, scratch, ids, parseSpecial);
    }

    private void EncodeSection(ReadOnlySpan<char> text, bool first, EncodeScratch scratch, TokenIds ids, bool parseSpecial)
    {
        if (text.IsEmpty)
            return;
        if (_parts.Normalizer is { } normalizer)
        {
            scratch.Normalized.Set(text);
            normalizer.Apply(scratch.Normalized);
            text = scratch.Normalized.Text;
        }
        AddedTokenSearch search = parseSpecial ? _normal : _normalText;
        int from = 0;
        while (!search.IsEmpty && search.Find(text, from, out int start, out int end) is { } token)
        {
            EncodeWords(text[from..start], first && from == 0, scratch, ids);
            ids.Add(token.Id);
            from = end;
        }
        EncodeWords(text[from..], first && from == 0, scratch, ids);
    }

    private void EncodeWords(ReadOnlySpan<char> text, bool first, EncodeScratch scratch, TokenIds ids)
    {
        if (text.IsEmpty)
            return;
        if (_splitter is not null)
        {
            for (int start = 0; start < text.Length;)
            {
                int end = _splitter.Next(text, start);
                _parts.Model.Encode(text[start..end], scratch, ids);
                start = end;
            }
        }
        else if (_parts.PreTokenizer is { } preTokenizer)
        {
            scratch.Pieces.Set(text, first);
            preTokenizer.Apply(scratch.Pieces);
            for (int p = 0; p < scratch.Pieces.Count; p++)
                _parts.Model.Encode(scratch.Pieces.Of(p), scratch, ids);
        }
        else
        {
            _parts.Model.Encode(text, scratch, ids);
        }
    }

    private string Normalize(string text)
    {
        if (_parts.Normalizer is not { } normalizer)
            return text;
        var buffer = new TextBuffer();
        buffer.Set(text);
        normalizer.Apply(buffer);
        return buffer.Text.ToString();
    }

    private int Checked(int id) => (uint)id < (uint)VocabularySize
        ? id
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"ids lie from 0 to {VocabularySize - 1}");

    private EncodeScratch Rent() => _scratch.TryTake(out EncodeScratch? scratch) ? scratch : new EncodeScratch();

    private static void AddAll(IReadOnlyList<int> special, TokenIds ids)
    {
        for (int i = 0; i < special.Count; i++)
            ids.Add(special[i]);
    }
}
