using Sarsen.Models;
using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Serving.Language.Measuring;

/// <summary>A model at work for one sequence, which begins anew each time: without scheduler, sampling and text. After the first time it allocates nothing.</summary>
public sealed class LoneSequence : IDisposable
{
    /// <summary>Tokens of a prompt that are read at once.</summary>
    private const int Piece = 256;

    private readonly Arena _arena;
    private readonly KvPool _pool;
    private readonly KvSequence _sequence;
    private readonly GreedyDecoder _decoder;
    private readonly long[] _prompt;
    private readonly long[] _answer;

    /// <param name="model">The model.</param>
    /// <param name="prompt">Tokens of the prompt, from 1; random ones.</param>
    /// <param name="answer">Tokens of the answer, from 1.</param>
    /// <param name="type">How keys and values are cached.</param>
    /// <param name="workers">Who computes.</param>
    /// <exception cref="NotSupportedException">The model's heads cannot be cached so.</exception>
    public LoneSequence(LanguageModel model, int prompt, int answer, KvType type, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(model);
        _pool = new KvPool(model.KvShape, type, KvPool.BlocksFor(Math.Max(prompt, answer)));
        _arena = new Arena(workers);
        _sequence = new KvSequence(_pool);
        _decoder = new GreedyDecoder(model, _arena, _sequence);
        var rng = new Rng(2, "bench");
        _prompt = [.. Enumerable.Range(0, prompt).Select(i => rng.Below(i, model.VocabSize))];
        _answer = new long[answer];
    }

    /// <summary>Bytes of keys and values of one token.</summary>
    public long CacheBytesPerToken => _pool.Bytes / _pool.Blocks / KvPool.BlockPositions;

    /// <summary>Reads the prompt, in pieces.</summary>
    public void Read()
    {
        _sequence.Truncate(0);
        Span<long> next = stackalloc long[1];
        for (int at = 0; at < _prompt.Length; at += Piece)
            _decoder.Continue(_prompt.AsSpan(at, Math.Min(Piece, _prompt.Length - at)), next);
    }

    /// <summary>Generates the answer behind the prompt's first token, the likeliest token each time.</summary>
    public void Generate()
    {
        _sequence.Truncate(0);
        _decoder.Continue(_prompt.AsSpan(0, 1), _answer);
    }

    public void Dispose()
    {
        _sequence.Dispose();
        _pool.Release();
        _arena.Dispose();
    }
}
