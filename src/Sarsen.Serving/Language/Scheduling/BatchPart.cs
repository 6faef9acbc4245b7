namespace Sarsen.Serving.Language.Scheduling;

/// <summary>What a sequence does in one run of the model.</summary>
/// <param name="Sequence">Which.</param>
/// <param name="Tokens">So many of its pending tokens, behind which drafts may follow.</param>
/// <param name="Drafts">Tokens that were guessed and are run with them, to be confirmed.</param>
/// <param name="DraftsAt">Where in the sequence the guess was said before.</param>
internal readonly record struct BatchPart(RunningSequence Sequence, int Tokens, int Drafts, int DraftsAt)
{
    /// <summary>The tokens that were guessed.</summary>
    public ReadOnlySpan<int> Draft => Sequence.Tokens.Slice(DraftsAt, Drafts);

    /// <summary>After it the next token can be chosen.</summary>
    public bool Completes => Tokens == Sequence.Pending;
}
