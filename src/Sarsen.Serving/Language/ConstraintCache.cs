using Sarsen.Text.Grammars;

namespace Sarsen.Serving.Language;

/// <summary>
/// Compiled constraints of one model, so that a schema that comes with every request is compiled once, and its masks are made
/// once. Those that were not used for the longest time go where there are too many, or where they take too much memory
/// together; answers that are held to them keep them until they end. Safe for any number of threads.
/// </summary>
public sealed class ConstraintCache
{
    private readonly LoadedLanguageModel _model;
    private readonly int _most;
    private readonly long _mostBytes;
    private readonly object _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);

    // Latest use first.
    private readonly LinkedList<Entry> _order = new();

    /// <param name="model">Whose tokens are held to them.</param>
    /// <param name="most">Constraints that are kept, at most; none with 0.</param>
    /// <param name="mostBytes">Bytes that they take together, at most; each grows while it is used.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is negative.</exception>
    public ConstraintCache(LoadedLanguageModel model, int most, long mostBytes)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        ArgumentOutOfRangeException.ThrowIfNegative(mostBytes);
        (_model, _most, _mostBytes) = (model, most, mostBytes);
    }

    public int Count
    {
        get
        {
            lock (_gate)
                return _order.Count;
        }
    }

    /// <summary>Bytes that they take now, keys included.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _order.Sum(e => e.Bytes);
        }
    }

    /// <summary>A constraint, compiled where it is not there. Who asks for one that is being compiled waits for it.</summary>
    /// <param name="key">Tells constraints apart.</param>
    /// <param name="compile">Compiles it. What it throws is thrown to all who wait, and is not kept.</param>
    /// <param name="stop">Ends the waiting.</param>
    public async Task<TokenGrammar> GetAsync(string key, Func<Grammar> compile, CancellationToken stop = default)
    {
        LinkedListNode<Entry>? node;
        bool known;
        lock (_gate)
        {
            known = _entries.TryGetValue(key, out node);
            if (known)
                _order.Remove(node!);
            else
                _entries.Add(key, node = new LinkedListNode<Entry>(new Entry(key)));
            _order.AddFirst(node!);
            Trim();
        }
        Entry entry = node!.Value;
        if (known)
            return await entry.Made.Task.WaitAsync(stop);
        try
        {
            TokenGrammar made = _model.Constrain(compile());
            entry.Made.SetResult(made);
            lock (_gate)
                Trim();
            return made;
        }
        catch (Exception e)
        {
            lock (_gate)
                Remove(node);
            entry.Made.SetException(e);
            // Nobody may wait for it.
            _ = entry.Made.Task.Exception;
            throw;
        }
    }

    private void Trim()
    {
        long bytes = _order.Sum(e => e.Bytes);
        while (_order.Count > _most || (bytes > _mostBytes && _order.Count > 0))
        {
            bytes -= _order.Last!.Value.Bytes;
            Remove(_order.Last);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        // It may have gone before, and another may be there under its key.
        if (node.List is null)
            return;
        _order.Remove(node);
        _entries.Remove(node.Value.Key);
    }

    private sealed class Entry(string key)
    {
        public string Key => key;

        public TaskCompletionSource<TokenGrammar> Made { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Two bytes a letter of the key, and what is compiled.</summary>
        public long Bytes => (2L * key.Length) + (Made.Task.IsCompletedSuccessfully ? Made.Task.Result.Bytes : 0);
    }
}
