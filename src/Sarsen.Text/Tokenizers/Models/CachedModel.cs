namespace Sarsen.Text.Tokenizers.Models;

/// <summary>A model that takes its time with a word, so that the tokens of words that were met before are kept.</summary>
internal abstract class CachedModel : TokenModel
{
    public sealed override void Encode(ReadOnlySpan<char> word, EncodeScratch scratch, TokenIds ids)
    {
        if (word.Length > WordCache.LongestWord)
        {
            Cut(word, scratch, ids);
            return;
        }
        ReadOnlySpan<int> known = scratch.Words.Find(word, out uint hash);
        if (!known.IsEmpty)
        {
            ids.Add(known);
            return;
        }
        int before = ids.Count;
        Cut(word, scratch, ids);
        scratch.Words.Add(word, hash, ids.Span[before..]);
    }

    /// <summary>What <see cref="TokenModel.Encode"/> does with a word that was not met before.</summary>
    protected abstract void Cut(ReadOnlySpan<char> word, EncodeScratch scratch, TokenIds ids);
}
