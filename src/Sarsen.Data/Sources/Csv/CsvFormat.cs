using System.Text;
using Sarsen.Data.Sources.Values;

namespace Sarsen.Data.Sources.Csv;

/// <summary>The options of a <see cref="DelimitedSource"/> as its reader wants them.</summary>
internal sealed class CsvFormat
{
    private readonly byte[][] _missing;
    private readonly bool[] _missingStart = new bool[256];

    public CsvFormat(DelimitedSource source)
    {
        Separator = (byte)source.Separator[0];
        Quote = source.Quote.Length == 0 ? -1 : source.Quote[0];
        DecimalPoint = (byte)source.Decimal[0];
        Comment = Encoding.UTF8.GetBytes(source.Comment);
        NonFinite = source.NonFinite;
        EmptyIsMissing = source.Missing.Contains("");
        _missing = [.. source.Missing.Where(w => w.Length > 0).Select(Encoding.UTF8.GetBytes)];
        foreach (byte[] word in _missing)
            _missingStart[word[0]] = true;
    }

    public byte Separator { get; }

    /// <summary>-1: there are no quotes.</summary>
    public int Quote { get; }

    public byte DecimalPoint { get; }

    /// <summary>What lines begin with that are none; empty: nothing.</summary>
    public byte[] Comment { get; }

    public NonFinite NonFinite { get; }

    public bool EmptyIsMissing { get; }

    /// <summary>Whether a trimmed field is one of the words for a missing value.</summary>
    public bool IsMissing(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0)
            return EmptyIsMissing;
        if (!_missingStart[text[0]])
            return false;
        foreach (byte[] word in _missing)
        {
            if (text.SequenceEqual(word))
                return true;
        }
        return false;
    }
}
