using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Text.Grammars;

namespace Sarsen.Serving.Language.Scheduling;

/// <summary>
/// Generates any number of answers together: in each step the model runs once, over the next token of every answer and a piece
/// of the prompts that wait. What an answer is does not depend on what else is in the batch. For one thread.
/// </summary>
/// <remarks>
/// All have one order, by priority and then by when they came, which never changes: running ones stand before those that were
/// put off, and only the last gives its blocks back. So no two put each other off by turns, and the first, for which the cache
/// has room alone, comes to its end.
/// </remarks>
internal sealed class BatchLoop : IDisposable
{
    /// <summary>Tokens of prompt and answer that most requests do with.</summary>
    private const int OrdinaryContext = 2048;

    private readonly LoadedLanguageModel _model;
    private readonly LanguageEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly Arena _arena;
    private readonly KvPool _pool;
    private readonly KvBlockCache _cache;
    private readonly TokenBatch _batch;
    private readonly BatchPlan _plan;

    // In their order; those that were put off stand behind.
    private readonly List<RunningSequence> _running = [];
    private readonly List<RunningSequence> _preempted = [];
    private long[] _ids;

    public BatchLoop(LoadedLanguageModel model, LanguageEngineOptions options, TimeProvider time)
    {
        (_model, _options, _time) = (model, options, time);
        ContextLength = Math.Min(options.ContextLength ?? model.Model.ContextLength, model.Model.ContextLength);
        // At least one sequence as long as the context can be held: what runs alone always comes to its end.
        int tokens = Math.Max(ContextLength, options.CacheTokens ?? 4 * Math.Min(ContextLength, OrdinaryContext));
        _pool = model.NewPool(options.KvType, tokens);
        _arena = new Arena(options.Workers ?? Workers.Shared);
        (_cache, _batch, _plan) = (new KvBlockCache(_pool), new TokenBatch(_pool), new BatchPlan(options));
        _ids = new long[Math.Max(options.BatchTokens, 1 + options.DraftTokens)];
    }

    public int ContextLength { get; }

    /// <summary>Bytes of the cache.</summary>
    public long Bytes => _pool.Bytes;

    /// <summary>Answers that are being generated.</summary>
    public int Count => _running.Count + _preempted.Count;

    /// <summary>Blocks of the cache.</summary>
    public int Blocks => _pool.Blocks;

    /// <summary>Blocks that answers hold now; 0 when there are none.</summary>
    public int UsedBlocks => _cache.Used;

    /// <summary>May one more of this priority be added now: nobody who was put off goes before it, and there is room, or those of a lower priority make it.</summary>
    public bool HasRoomFor(int priority)
    {
        if (_preempted.Count > 0 && _preempted[0].Priority >= priority)
            return false;
        int before = PlaceOf(priority), blocks = _cache.Available;
        for (int i = before; i < _running.Count; i++)
            blocks += _running[i].Blocks;
        return before == 0 || (before < _options.MaxSequences && blocks > before);
    }

    /// <summary>Adds one for which there is room.</summary>
    public void Add(EngineJob job)
    {
        var sequence = new RunningSequence(job, _model, _cache, ContextLength) { BegunAt = _time.GetTimestamp() };
        if (_running.Count == _options.MaxSequences)
            BatchPlan.PreemptLast(_running, PutOff);
        _running.Insert(PlaceOf(sequence.Priority), sequence);
    }

    /// <summary>One run of the model. Answers that ended, were cancelled or failed leave; each is told to <paramref name="left"/> with what it took, or with what went wrong, or with neither.</summary>
    public void Step(Action<EngineJob, GenerationUsage?, Exception?> left)
    {
        Drop(_running, left);
        Drop(_preempted, left);
        // Who gave its blocks back goes on as soon as it fits, before anyone new of its priority.
        while (_preempted.Count > 0 && FitsAgain(_preempted[0]))
        {
            _running.Add(_preempted[0]);
            _preempted.RemoveAt(0);
        }
        _plan.Fill(_running, PutOff);
        if (_plan.Parts.Count == 0)
            return;
        try
        {
            Run(left);
        }
        catch (Exception e)
        {
            // What went wrong with a run, memory that was not there among it, went wrong for all in it; the others go on.
            foreach (BatchPart part in _plan.Parts)
                Fail(part.Sequence, e, left);
        }
    }

    /// <summary>Ends all answers.</summary>
    public void EndAll(Func<Exception> why, Action<EngineJob, GenerationUsage?, Exception?> left)
    {
        foreach (RunningSequence sequence in _running.Concat(_preempted))
        {
            sequence.Release();
            left(sequence.Job, null, why());
        }
        _running.Clear();
        _preempted.Clear();
    }

    public void Dispose()
    {
        _pool.Release();
        _arena.Dispose();
    }

    private static void Drop(List<RunningSequence> sequences, Action<EngineJob, GenerationUsage?, Exception?> left)
    {
        for (int i = sequences.Count - 1; i >= 0; i--)
        {
            RunningSequence sequence = sequences[i];
            if (!sequence.Job.IsSettled)
                continue;
            sequence.Release();
            sequences.RemoveAt(i);
            left(sequence.Job, null, null);
        }
    }

    private bool FitsAgain(RunningSequence sequence) => _running.Count == 0
        || (_running.Count < _options.MaxSequences && _cache.Available >= sequence.BlocksFor(sequence.Pending) + _running.Count);

    // Who is put off later goes before those that were put off already.
    private void PutOff(RunningSequence sequence) => _preempted.Insert(0, sequence);

    /// <summary>Of so many running ones goes a new one of this priority behind.</summary>
    private int PlaceOf(int priority)
    {
        int at = _running.Count;
        while (at > 0 && _running[at - 1].Priority < priority)
            at--;
        return at;
    }

    private void Run(Action<EngineJob, GenerationUsage?, Exception?> left)
    {
        _batch.Clear();
        foreach (BatchPart part in _plan.Parts)
            _batch.Add(Ids(part), part.Sequence.View, allLogits: part.Drafts > 0);
        using Scope scope = _arena.Begin(Mode.Inference, name: "the end of a generation step");
        Span<float> logits = _model.Model.Call(_batch).AsSpan<float>();
        int vocabulary = _model.Model.VocabSize;
        foreach (BatchPart part in _plan.Parts)
        {
            int rows = 1 + part.Drafts;
            Span<float> own = logits[..(rows * vocabulary)];
            logits = logits[own.Length..];
            bool completes = part.Completes;
            part.Sequence.Advance(part.Tokens);
            if (completes)
                Choose(part, own, vocabulary, left);
        }
    }

    private ReadOnlySpan<long> Ids(BatchPart part)
    {
        ReadOnlySpan<int> tokens = part.Sequence.Tokens;
        ReadOnlySpan<int> drafts = part.Draft;
        tokens = tokens.Slice(part.Sequence.Computed, part.Tokens);
        for (int i = 0; i < tokens.Length; i++)
            _ids[i] = tokens[i];
        for (int i = 0; i < drafts.Length; i++)
            _ids[tokens.Length + i] = drafts[i];
        return _ids.AsSpan(0, tokens.Length + drafts.Length);
    }

    /// <summary>The next token, and as many of those behind it as were guessed right.</summary>
    private void Choose(BatchPart part, Span<float> logits, int vocabulary, Action<EngineJob, GenerationUsage?, Exception?> left)
    {
        RunningSequence sequence = part.Sequence;
        for (int i = 0; i <= part.Drafts; i++)
        {
            int token;
            try
            {
                token = sequence.Answer.Next(logits.Slice(i * vocabulary, vocabulary));
            }
            // An answer whose constraint or whose logits allow no token ends alone.
            catch (Exception e) when (e is ArgumentException or InputException or GrammarException)
            {
                Fail(sequence, e, left);
                return;
            }
            sequence.Job.AnswerTokens = sequence.Answer.Tokens;
            if (sequence.FirstTokenAt == 0)
                sequence.FirstTokenAt = _time.GetTimestamp();
            if (sequence.Answer.Finish is not null)
            {
                Finish(sequence, left);
                return;
            }
            sequence.Add(token);
            if (i == part.Drafts || part.Draft[i] != token)
                break;
            // The guess was run with its right predecessors: it is computed.
            sequence.Advance(1);
        }
        if (sequence.Answer.Take() is { } piece)
            sequence.Job.Stream.Write(piece);
    }

    private void Finish(RunningSequence sequence, Action<EngineJob, GenerationUsage?, Exception?> left)
    {
        EngineJob job = sequence.Job;
        var usage = new GenerationUsage(job.Request.Prompt.Length, sequence.CachedTokens, sequence.Answer.Tokens,
            _time.GetElapsedTime(job.SubmittedAt, sequence.BegunAt), _time.GetElapsedTime(sequence.BegunAt, sequence.FirstTokenAt), _time.GetElapsedTime(sequence.FirstTokenAt));
        job.Stream.Write(sequence.Answer.Take(usage)!);
        Leave(sequence);
        left(job, usage, null);
    }

    private void Fail(RunningSequence sequence, Exception error, Action<EngineJob, GenerationUsage?, Exception?> left)
    {
        Leave(sequence);
        left(sequence.Job, null, error);
    }

    private void Leave(RunningSequence sequence)
    {
        sequence.Release();
        _running.Remove(sequence);
    }
}
