using Sarsen.Data.Preprocessing;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Corpora;

/// <summary>Texts that follow one another, or a stretch of them.</summary>
/// <param name="Texts">In their order.</param>
/// <param name="IsCut">The last one goes on elsewhere: it does not end here.</param>
internal sealed record CorpusTexts(IReadOnlyList<string> Texts, bool IsCut = false)
{
    /// <summary>UTF-16 code units in all.</summary>
    public long Length { get; } = Texts.Sum(t => (long)t.Length);

    /// <summary>The texts of a column.</summary>
    /// <param name="what">Names the source in messages.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="column">The column of text.</param>
    /// <param name="bytes">What the texts may take in memory.</param>
    /// <param name="stop">Asked between blocks of rows.</param>
    /// <exception cref="DataException">A text is missing, or they take more memory.</exception>
    public static CorpusTexts Read(string what, IRowSource rows, string column, long bytes, CancellationToken stop)
    {
        var texts = new List<string>();
        foreach (RowBlock block in rows.Read(stop))
        {
            var own = (Column<string>)block[column];
            for (int row = 0; row < own.Count; row++)
            {
                if (own.IsMissing(row))
                    throw ColumnValues.Missing(what, own, block, row);
                bytes -= 30L + 2 * own.Values[row].Length; // header, reference, UTF-16
                texts.Add(own.Values[row]);
            }
            if (bytes < 0)
                throw new DataException($"{what}: the texts do not fit in the memory that data may take; give fewer of them, or allow more");
        }
        return new CorpusTexts(texts);
    }

    /// <summary>The stretch from <paramref name="from"/> up to <paramref name="to"/>, in code units; no surrogate pair is cut.</summary>
    public CorpusTexts Stretch(long from, long to)
    {
        var texts = new List<string>();
        long start = 0;
        bool cut = false;
        foreach (string text in Texts)
        {
            int begin = Place(text, from - start), end = Place(text, to - start);
            if (end > begin)
            {
                texts.Add(text[begin..end]);
                cut = end < text.Length;
            }
            start += text.Length;
        }
        return new CorpusTexts(texts, cut || (IsCut && to >= Length));
    }

    private static int Place(string text, long at)
    {
        int place = (int)Math.Clamp(at, 0, text.Length);
        return place > 0 && place < text.Length && char.IsLowSurrogate(text[place]) && char.IsHighSurrogate(text[place - 1]) ? place + 1 : place;
    }
}
