using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Data.Corpora;

/// <summary>Puts texts into tokens, one stream, and cuts its windows.</summary>
internal sealed class CorpusTokens(TokenWindowsStep step, Tokenizer tokenizer, ulong seed)
{
    private readonly int? _end = step.EndOfText ? tokenizer.IdOf(TokenWindowsStep.EndOfTextToken) : null;

    /// <summary>Windows of texts.</summary>
    /// <param name="part">Names them in messages.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="draws">Each epoch draws its own; else they follow one another.</param>
    /// <param name="bytes">What tokens may take in memory.</param>
    /// <param name="stop">Asked between texts.</param>
    /// <exception cref="DataException">They are shorter than a window, or take more memory.</exception>
    public TokenWindows Windows(string part, CorpusTexts texts, bool draws, long bytes, CancellationToken stop)
    {
        var ids = new TokenIds();
        for (int i = 0; i < texts.Texts.Count; i++)
        {
            stop.ThrowIfCancellationRequested();
            tokenizer.Encode(texts.Texts[i], ids);
            if (_end is { } end && !(texts.IsCut && i == texts.Texts.Count - 1))
                ids.Add(end);
            if ((long)ids.Count * sizeof(int) > bytes)
                throw new DataException($"{part}: its tokens take more than the {bytes} bytes that data may take in memory; give fewer texts, or allow more");
        }
        if (ids.Count <= step.ContextLength)
            throw new DataException($"{part}: its text is {ids.Count} tokens, and a window takes {step.ContextLength} and the one that follows; make context_length shorter, or give it more text (data.split says what part it has)");
        return new TokenWindows(ids.Span.ToArray(), step.ContextLength, draws ? step.Windows ?? TokenWindows.Whole(ids.Count, step.ContextLength) : null, seed);
    }
}
