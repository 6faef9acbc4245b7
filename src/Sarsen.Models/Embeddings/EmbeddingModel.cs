using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Models.Embeddings;

/// <summary>
/// A network that makes one vector of the tokens of a text. It runs on the ragged rows of a <see cref="TokenBatch"/>, without
/// padding, so that a text has the same bits alone and among others.
/// </summary>
public abstract class EmbeddingModel : Module
{
    // Tokens that are run at once: more gain nothing and take memory. One longer text is run alone.
    private const int MostRows = 4096;

    protected EmbeddingModel(EmbeddingSettings settings) => Settings = settings;

    public EmbeddingSettings Settings { get; }

    /// <summary>How many tokens there are.</summary>
    public abstract int VocabSize { get; }

    /// <summary>Elements of a vector.</summary>
    public abstract int Dimensions { get; }

    /// <summary>The most tokens of a text.</summary>
    public abstract int ContextLength { get; }

    /// <summary>
    /// Do the special tokens around a text, such as BERT's, belong to what the network reads; else it is read without them, and
    /// without what has no token.
    /// </summary>
    public abstract bool ReadsSpecialTokens { get; }

    /// <summary>The vectors of the sequences of a batch without a cache, before they are normalised: (S, dimensions).</summary>
    /// <exception cref="ArgumentException">The batch has a cache, or a sequence is too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    public Tensor Call(TokenBatch batch)
    {
        if (batch.Pool is not null)
            throw new ArgumentException("the batch has a cache: an encoder sees whole texts, make the batch without a pool", nameof(batch));
        foreach (long position in batch.Positions)
        {
            if (position >= ContextLength)
                throw new ArgumentException($"a token stands at position {position}, the model takes {ContextLength}: cut the text", nameof(batch));
        }
        ModuleCall call = BeginCall();
        return EndCall(call, Forward(batch.ToContext()));
    }

    /// <summary>The vectors of texts, normalised where the model is so.</summary>
    /// <param name="sequences">The tokens of each; the vector of none is zero.</param>
    /// <param name="arena">Where it is computed, by its workers; no scope of it is open.</param>
    /// <param name="stop">Asked between runs.</param>
    /// <returns>One a text, of <see cref="Dimensions"/>.</returns>
    /// <exception cref="ArgumentException">A text is too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">It was stopped between runs.</exception>
    public float[][] Embed(IReadOnlyList<int[]> sequences, Arena arena, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(arena);
        float[][] vectors = [.. sequences.Select(_ => new float[Dimensions])];
        int[] filled = [.. Enumerable.Range(0, sequences.Count).Where(i => sequences[i].Length > 0)];
        var batch = new TokenBatch();
        for (int at = 0; at < filled.Length;)
        {
            stop.ThrowIfCancellationRequested();
            int first = at, rows = 0;
            batch.Clear();
            while (at < filled.Length && (at == first || rows + sequences[filled[at]].Length <= MostRows))
            {
                int[] ids = sequences[filled[at++]];
                batch.Add(Array.ConvertAll(ids, id => (long)id));
                rows += ids.Length;
            }
            using (arena.Begin(Mode.Inference, name: "the end of a run of embeddings"))
            {
                Span<float> values = Call(batch).AsSpan<float>();
                for (int i = first; i < at; i++)
                    values.Slice((i - first) * Dimensions, Dimensions).CopyTo(vectors[filled[i]]);
            }
        }
        if (Settings.Normalize)
        {
            foreach (float[] vector in vectors)
                Normalise(vector);
        }
        return vectors;
    }

    /// <summary>The vector of one text.</summary>
    /// <exception cref="ArgumentException">It is too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    public float[] Embed(ReadOnlySpan<int> ids)
    {
        using var arena = new Arena(Workers.Shared);
        return Embed([ids.ToArray()], arena)[0];
    }

    /// <summary>Vectors of the sequences, (S, dimensions).</summary>
    protected abstract Tensor Forward(in TokenContext context);

    protected sealed override Tensor Forward(Tensor x) => throw new InvalidOperationException($"{Kind} at '{Path}' runs on the tokens of a batch: call it with one");

    // The length of a vector of zeros is not divided by.
    private static void Normalise(float[] vector)
    {
        double squares = 0;
        foreach (float x in vector)
            squares += (double)x * x;
        double scale = 1 / Math.Max(Math.Sqrt(squares), 1e-12);
        for (int i = 0; i < vector.Length; i++)
            vector[i] = (float)(vector[i] * scale);
    }
}
