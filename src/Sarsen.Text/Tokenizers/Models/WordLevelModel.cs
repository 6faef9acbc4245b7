namespace Sarsen.Text.Tokenizers.Models;

/// <summary>A word is a token, or the unknown one.</summary>
internal sealed class WordLevelModel(Dictionary<string, int> words, int unknown) : TokenModel
{
    public override void Encode(ReadOnlySpan<char> word, EncodeScratch scratch, TokenIds ids)
    {
        if (words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out int id))
            ids.Add(id);
        else if (unknown >= 0)
            ids.Add(unknown);
    }
}
