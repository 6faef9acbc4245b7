using System.Runtime.InteropServices;
using Sarsen.Nn;

namespace Sarsen.Serving.Language.Scheduling;

/// <summary>
/// A request whose answer is being generated: its tokens, the blocks that hold them, and how far they are computed. For one
/// thread.
/// </summary>
internal sealed class RunningSequence
{
    private readonly LoadedLanguageModel _model;
    private readonly KvBlockCache _cache;
    private readonly List<int> _tokens;
    private readonly List<int> _blocks = [];
    private int[] _view = [];
    private int _registered;
    private long _lastNumber;
    private bool _matched;
    private bool _begun;

    /// <param name="job">The request.</param>
    /// <param name="model">The model.</param>
    /// <param name="cache">Where its blocks come from.</param>
    /// <param name="contextLength">The most tokens of prompt and answer.</param>
    public RunningSequence(EngineJob job, LoadedLanguageModel model, KvBlockCache cache, int contextLength)
    {
        (Job, _model, _cache) = (job, model, cache);
        int[] prompt = job.Request.Prompt;
        _tokens = [.. prompt];
        Answer = new AnswerText(model, job.Request.Options, prompt, contextLength - prompt.Length);
    }

    public EngineJob Job { get; }

    public int Priority => Job.Request.Priority;

    public AnswerText Answer { get; }

    /// <summary>Tokens of the prompt that others left in the cache. What it computed itself before it gave its blocks back is not counted.</summary>
    public int CachedTokens { get; private set; }

    /// <summary>When the first token was there; 0 before.</summary>
    public long FirstTokenAt { get; set; }

    /// <summary>When it left the queue.</summary>
    public long BegunAt { get; init; }

    /// <summary>Tokens of prompt and answer.</summary>
    public ReadOnlySpan<int> Tokens => CollectionsMarshal.AsSpan(_tokens);

    /// <summary>Tokens whose keys and values are in its blocks.</summary>
    public int Computed { get; private set; }

    /// <summary>Tokens to be computed before the next one can be chosen: one while an answer goes on, more of a prompt.</summary>
    public int Pending => _tokens.Count - Computed;

    /// <summary>Blocks that it has, those it shares among them.</summary>
    public int Blocks => _blocks.Count;

    /// <summary>Its blocks, of which some may have room.</summary>
    public KvView View
    {
        get
        {
            if (_view.Length < _blocks.Count)
                _view = new int[Math.Max(_blocks.Count, 2 * _view.Length)];
            _blocks.CopyTo(_view);
            return new KvView(_view.AsMemory(0, _blocks.Count), Computed);
        }
    }

    /// <summary>Takes what the cache holds of its beginning; of its last token never, whose logits are needed.</summary>
    public void Match()
    {
        if (_matched)
            return;
        _matched = true;
        _lastNumber = _cache.Match(Tokens[..^1], _blocks);
        _registered = _blocks.Count;
        Computed = _blocks.Count * KvPool.BlockPositions;
        // The first time nothing there is its own; later, what of the others' is gone by then was computed after all.
        if (Answer.Tokens == 0)
            CachedTokens = _begun ? Math.Min(CachedTokens, Computed) : Computed;
        _begun = true;
    }

    /// <summary>Blocks that so many tokens more need beside those it has.</summary>
    public int BlocksFor(int count) => Math.Max(0, KvPool.BlocksFor(Computed + count) - _blocks.Count);

    /// <summary>Takes blocks for so many tokens more; false where sequences have them all, and then none is taken.</summary>
    public bool TryReserve(int count)
    {
        int had = _blocks.Count;
        for (int needed = BlocksFor(count); needed > 0; needed--)
        {
            if (_cache.TryTake(out int block))
            {
                _blocks.Add(block);
                continue;
            }
            Cut(had);
            return false;
        }
        return true;
    }

    /// <summary>So many tokens more are computed: full blocks can be found by others.</summary>
    public void Advance(int count)
    {
        Computed += count;
        for (; (_registered + 1) * KvPool.BlockPositions <= Computed; _registered++)
            _lastNumber = _cache.Register(_blocks[_registered], _lastNumber, Tokens.Slice(_registered * KvPool.BlockPositions, KvPool.BlockPositions));
    }

    /// <summary>Adds a token that was chosen.</summary>
    public void Add(int token) => _tokens.Add(token);

    /// <summary>Gives all blocks back. It can be computed again from what the cache still holds.</summary>
    public void Release()
    {
        Cut(0);
        (Computed, _registered, _lastNumber, _matched) = (0, 0, KvBlockCache.Root, false);
    }

    private void Cut(int count)
    {
        for (int i = _blocks.Count - 1; i >= count; i--)
            _cache.Return(_blocks[i]);
        _blocks.RemoveRange(count, _blocks.Count - count);
    }
}
