using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Models;

/// <summary>
/// Continues a sequence with the likeliest token each time: the plain loop of a program without a scheduler. One decoder
/// serves one sequence at a time; after the first few tokens it allocates nothing.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="arena">Where it computes.</param>
/// <param name="sequence">The cache of the sequence, in a pool of the model's shape.</param>
public sealed class GreedyDecoder(LanguageModel model, Arena arena, KvSequence sequence)
{
    private readonly TokenBatch _batch = new(sequence.Pool);

    /// <summary>Reads tokens and writes those that follow.</summary>
    /// <param name="prompt">One or more tokens, behind those that the sequence holds.</param>
    /// <param name="tokens">Filled with what follows; the last of them is not cached yet.</param>
    /// <exception cref="ArgumentException">The prompt is empty, or the context too short.</exception>
    /// <exception cref="InvalidOperationException">The pool is full.</exception>
    public void Continue(ReadOnlySpan<long> prompt, Span<long> tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
            tokens[i] = Next(i == 0 ? prompt : tokens.Slice(i - 1, 1));
    }

    private long Next(ReadOnlySpan<long> ids)
    {
        sequence.Reserve(ids.Length);
        _batch.Clear();
        _batch.Add(ids, sequence.View);
        long token;
        using (arena.Begin(Mode.Inference, name: "the end of a decoding step"))
            token = Largest(model.Call(_batch).AsSpan<float>());
        sequence.Advance(ids.Length);
        return token;
    }

    // The first of equals.
    private static long Largest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
            best = logits[i] > logits[best] ? i : best;
        return best;
    }
}
