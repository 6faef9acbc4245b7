using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Serving.Language;

/// <summary>
/// Generates one answer at a time, for a program that serves one person: the prompt in pieces, then token by token over a
/// cache, the text as it comes. What the next prompt has in common with the one before from its beginning on stays cached, so
/// that a conversation is not read anew at every turn.
/// </summary>
public sealed class TextGenerator : IDisposable
{
    /// <summary>Tokens of a prompt that are read at once: more gain nothing and take memory.</summary>
    private const int PromptPiece = 256;

    private readonly LoadedLanguageModel _loaded;
    private readonly TimeProvider _time;
    private readonly Arena _arena;
    private readonly KvPool _pool;
    private readonly KvSequence _sequence;
    private readonly TokenBatch _batch;
    private readonly List<int> _cached = [];
    private readonly float[] _logits;

    /// <param name="model">The model.</param>
    /// <param name="workers">Who computes; the whole worker set when null.</param>
    /// <param name="contextLength">The most tokens of prompt and answer; the model's own when null.</param>
    /// <param name="type">How keys and values are cached.</param>
    /// <param name="time">Null for the system's.</param>
    /// <exception cref="ModelLoadException">The model's heads cannot be cached so.</exception>
    public TextGenerator(LoadedLanguageModel model, Workers? workers = null, int? contextLength = null, KvType type = KvType.F16, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ContextLength = Math.Min(contextLength ?? model.Model.ContextLength, model.Model.ContextLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(ContextLength, 2, nameof(contextLength));
        (_loaded, _time) = (model, time ?? TimeProvider.System);
        _pool = model.NewPool(type, ContextLength);
        _arena = new Arena(workers ?? Workers.Shared);
        (_sequence, _batch, _logits) = (new KvSequence(_pool), new TokenBatch(_pool), new float[model.Model.VocabSize]);
    }

    /// <summary>The most tokens of prompt and answer.</summary>
    public int ContextLength { get; }

    /// <summary>Bytes of the cache.</summary>
    internal long CacheBytes => _pool.Bytes;

    /// <summary>Generates an answer.</summary>
    /// <param name="prompt">One or more tokens.</param>
    /// <param name="options">How.</param>
    /// <param name="onText">Told each piece of text as soon as it is certain.</param>
    /// <param name="stop">Asked before every token.</param>
    /// <exception cref="InputException">The prompt is empty, or leaves no room for an answer.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range, or a token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the generator goes on with the next prompt.</exception>
    public GenerationResult Generate(ReadOnlySpan<int> prompt, GenerationOptions options, Action<string> onText, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckPrompt(prompt, ContextLength);
        options.Validate(_loaded.Model.VocabSize);
        GenerationPiece? last = null;
        Generate(prompt, options, piece =>
        {
            last = piece;
            if (piece.Text.Length > 0)
                onText(piece.Text);
        }, TimeSpan.Zero, stop);
        GenerationUsage usage = last!.Usage!;
        return new GenerationResult(last.Finish!.Value, usage.PromptTokens, usage.AnswerTokens, usage.PromptTime, usage.AnswerTime);
    }

    /// <exception cref="InputException">The prompt is empty, or leaves no room for an answer.</exception>
    internal static void CheckPrompt(ReadOnlySpan<int> prompt, int contextLength)
    {
        if (prompt.IsEmpty)
            throw new InputException("the prompt has no tokens: write something");
        if (prompt.Length >= contextLength)
            throw new InputException($"the prompt has {prompt.Length} tokens, and the context of {contextLength} has room for {contextLength - 1} and an answer: make it shorter");
    }

    /// <summary>Generates an answer to a prompt and with options that were checked; the last piece has the reason and the usage.</summary>
    internal void Generate(ReadOnlySpan<int> prompt, GenerationOptions options, Action<GenerationPiece> onPiece, TimeSpan queued, CancellationToken stop)
    {
        long begun = _time.GetTimestamp(), first = 0;
        var answer = new AnswerText(_loaded, options, prompt, ContextLength - prompt.Length);
        int cached = Read(prompt, stop);
        while (true)
        {
            int token = answer.Next(_logits);
            if (answer.Tokens == 1)
                first = _time.GetTimestamp();
            if (answer.Finish is not null)
                break;
            if (answer.Take() is { } piece)
                onPiece(piece);
            Extend([token], stop);
        }
        onPiece(answer.Take(new GenerationUsage(prompt.Length, cached, answer.Tokens, queued, _time.GetElapsedTime(begun, first), _time.GetElapsedTime(first)))!);
    }

    public void Dispose()
    {
        _sequence.Dispose();
        _pool.Release();
        _arena.Dispose();
    }

    /// <summary>Reads a prompt behind what is cached of it; its last token always, for the logits.</summary>
    /// <returns>The tokens that were cached.</returns>
    private int Read(ReadOnlySpan<int> prompt, CancellationToken stop)
    {
        int common = 0;
        while (common < Math.Min(_cached.Count, prompt.Length - 1) && _cached[common] == prompt[common])
            common++;
        _sequence.Truncate(common);
        _cached.RemoveRange(common, _cached.Count - common);
        for (int at = common; at < prompt.Length; at += PromptPiece)
            Extend(prompt.Slice(at, Math.Min(PromptPiece, prompt.Length - at)), stop);
        return common;
    }

    /// <summary>Runs the next tokens of the sequence; leaves the logits of the last.</summary>
    private void Extend(ReadOnlySpan<int> tokens, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        Span<long> ids = stackalloc long[PromptPiece];
        for (int i = 0; i < tokens.Length; i++)
            ids[i] = tokens[i];
        _sequence.Reserve(tokens.Length);
        _batch.Clear();
        _batch.Add(ids[..tokens.Length], _sequence.View);
        using (_arena.Begin(Mode.Inference, name: "the end of a generation step"))
            _loaded.Model.Call(_batch).AsSpan<float>().CopyTo(_logits);
        _sequence.Advance(tokens.Length);
        foreach (int token in tokens)
            _cached.Add(token);
    }
}
