using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Text.Sampling;
using Sarsen.Text.Tokenizers;

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
    public TextGenerator(LoadedLanguageModel model, Workers? workers = null, int? contextLength = null, KvType type = KvType.F16, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ContextLength = Math.Min(contextLength ?? model.Model.ContextLength, model.Model.ContextLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(ContextLength, 2, nameof(contextLength));
        (_loaded, _time) = (model, time ?? TimeProvider.System);
        _arena = new Arena(workers ?? Workers.Shared);
        _pool = new KvPool(model.Model.KvShape, type, KvPool.BlocksFor(ContextLength));
        (_sequence, _batch, _logits) = (new KvSequence(_pool), new TokenBatch(_pool), new float[model.Model.VocabSize]);
    }

    /// <summary>The most tokens of prompt and answer.</summary>
    public int ContextLength { get; }

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
        if (prompt.IsEmpty)
            throw new InputException("the prompt has no tokens: write something");
        if (prompt.Length >= ContextLength)
            throw new InputException($"the prompt has {prompt.Length} tokens, and the context of {ContextLength} has room for {ContextLength - 1} and an answer: make it shorter");
        if (options.MaxTokens is < 1)
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxTokens, "the most tokens of an answer are one or more");
        if (options.Stop.Any(string.IsNullOrEmpty))
            throw new ArgumentOutOfRangeException(nameof(options), "a stop text cannot be empty");
        var sampler = new Sampler(options.Sampling, _loaded.Model.VocabSize);
        sampler.Prompt(prompt);
        int most = Math.Min(options.MaxTokens ?? int.MaxValue, ContextLength - prompt.Length);

        long begun = _time.GetTimestamp(), first = 0;
        Read(prompt, stop);
        TokenStream decoder = _loaded.Tokenizer.StreamDecoder(continues: options.Continues);
        var stops = new StopTexts(options.Stop);
        FinishReason reason = FinishReason.Length;
        while (sampler.Answered < most)
        {
            int token = sampler.Next(_logits);
            if (sampler.Answered == 1)
                first = _time.GetTimestamp();
            if (_loaded.EndTokens.Contains(token))
            {
                reason = FinishReason.Stop;
                break;
            }
            Tell(onText, stops.Add(decoder.Add(token)));
            if (stops.Found)
            {
                reason = FinishReason.Stop;
                break;
            }
            if (sampler.Answered < most)
                Extend([token], stop);
        }
        if (!stops.Found)
        {
            Tell(onText, stops.Add(decoder.End()));
            Tell(onText, stops.End());
        }
        return new GenerationResult(reason, prompt.Length, sampler.Answered, _time.GetElapsedTime(begun, first), _time.GetElapsedTime(first));
    }

    public void Dispose()
    {
        _sequence.Dispose();
        _pool.Release();
        _arena.Dispose();
    }

    private static void Tell(Action<string> onText, string text)
    {
        if (text.Length > 0)
            onText(text);
    }

    /// <summary>Reads a prompt behind what is cached of it; its last token always, for the logits.</summary>
    private void Read(ReadOnlySpan<int> prompt, CancellationToken stop)
    {
        int common = 0;
        while (common < Math.Min(_cached.Count, prompt.Length - 1) && _cached[common] == prompt[common])
            common++;
        _sequence.Truncate(common);
        _cached.RemoveRange(common, _cached.Count - common);
        for (int at = common; at < prompt.Length; at += PromptPiece)
            Extend(prompt.Slice(at, Math.Min(PromptPiece, prompt.Length - at)), stop);
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
