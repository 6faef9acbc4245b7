using Sarsen.Text.Grammars;

namespace Sarsen.Serving.Language;

/// <summary>
/// Compiled constraints of one model, so that a schema that comes with every request is compiled once, and its masks are made
/// once. All who use one at a time share it. What is used has a bound, past which another constraint is refused; of what nobody
/// uses, those go that were not used for the longest time where there are too many, or where they take too much memory
/// together. Safe for any number of threads.
/// </summary>
public sealed class ConstraintCache
{
    private readonly LoadedLanguageModel _model;
    private readonly int _kept;
    private readonly long _keptBytes, _usedBytes;
    private readonly object _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    // Those that nobody uses, latest use first.
    private readonly LinkedList<Entry> _idle = new();

    private readonly SemaphoreSlim _compilers = new(Compilers);

    /// <param name="model">Whose tokens are held to them.</param>
    /// <param name="kept">Constraints that nobody uses and that are kept, at most; none with 0.</param>
    /// <param name="keptBytes">Bytes that these take together, at most.</param>
    /// <param name="usedBytes">Bytes of those that are used, past which no other is added to them; each grows while it is used. One alone is never refused.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is negative.</exception>
    public ConstraintCache(LoadedLanguageModel model, int kept, long keptBytes, long usedBytes)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(kept);
        ArgumentOutOfRangeException.ThrowIfNegative(keptBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(usedBytes);
        (_model, _kept, _keptBytes, _usedBytes) = (model, kept, keptBytes, usedBytes);
    }

    /// <summary>So many are compiled at a time: it takes up to seconds, and many times the memory of what comes of it. More than one, so that a large one does not hold up the small.</summary>
    internal static int Compilers { get; } = Math.Max(2, Environment.ProcessorCount / 2);

    /// <summary>Constraints that are there, used or not.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    /// <summary>Bytes that those take that are used now, keys included.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_gate)
                return BytesUsedBeside(null);
        }
    }

    /// <summary>Bytes that those take that are kept and not used, keys included.</summary>
    public long KeptBytes
    {
        get
        {
            lock (_gate)
                return _idle.Sum(e => e.Bytes);
        }
    }

    /// <summary>Uses a constraint, compiled where it is not there. Who asks for one that is being compiled waits for it.</summary>
    /// <param name="key">Tells constraints apart.</param>
    /// <param name="compile">Compiles it. What it throws is thrown to all who wait, and is not kept.</param>
    /// <param name="stop">Ends the waiting; others go on.</param>
    /// <returns>To be disposed of when the answers that are held to it have ended.</returns>
    /// <exception cref="OverloadException">Others are used, and take what all together may.</exception>
    public async Task<ConstraintLease> UseAsync(string key, Func<Grammar> compile, CancellationToken stop = default)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out entry))
            {
                entry = new Entry(key);
                CheckRoom(entry, entry.Bytes);
                _entries.Add(key, entry);
                _ = Task.Run(() => MakeAsync(entry, compile), CancellationToken.None);
            }
            else if (entry.Idle is { } idle)
            {
                CheckRoom(entry, entry.Bytes);
                _idle.Remove(idle);
                entry.Idle = null;
            }
            entry.Users++;
        }
        try
        {
            return new ConstraintLease(await entry.Made.Task.WaitAsync(stop), () => Release(entry));
        }
        catch
        {
            Release(entry);
            throw;
        }
    }

    private async Task MakeAsync(Entry entry, Func<Grammar> compile)
    {
        await _compilers.WaitAsync();
        try
        {
            lock (_gate)
            {
                if (entry.Users == 0)
                    throw new OperationCanceledException("all who asked for it have left");
                // The others may have grown since it was asked for.
                CheckRoom(entry, entry.Bytes);
            }
            TokenGrammar made = _model.Constrain(compile());
            lock (_gate)
            {
                CheckRoom(entry, entry.Bytes + made.Bytes);
                entry.Made.SetResult(made);
            }
        }
        catch (Exception e)
        {
            lock (_gate)
                Forget(entry);
            entry.Made.SetException(e);
            // Nobody may wait for it.
            _ = entry.Made.Task.Exception;
        }
        finally
        {
            _compilers.Release();
        }
    }

    private void CheckRoom(Entry entry, long bytes)
    {
        long others = BytesUsedBeside(entry);
        if (others > 0 && others + bytes > _usedBytes)
        {
            throw new OverloadException(
                $"the schemas of the answers that wait and run take {others >> 10} KiB in memory, and all together may take {_usedBytes >> 10} KiB: send fewer different ones at once, or smaller ones", TimeSpan.FromSeconds(1));
        }
    }

    private long BytesUsedBeside(Entry? entry) => _entries.Values.Where(e => e != entry && e.Idle is null).Sum(e => e.Bytes);

    private void Release(Entry entry)
    {
        lock (_gate)
        {
            if (--entry.Users > 0 || !_entries.TryGetValue(entry.Key, out Entry? known) || known != entry)
                return;
            entry.Idle = _idle.AddFirst(entry);
            long bytes = _idle.Sum(e => e.Bytes);
            while (_idle.Count > _kept || (bytes > _keptBytes && _idle.Count > 0))
            {
                Entry oldest = _idle.Last!.Value;
                bytes -= oldest.Bytes;
                Forget(oldest);
            }
        }
    }

    private void Forget(Entry entry)
    {
        // Another may be there under its key.
        if (_entries.TryGetValue(entry.Key, out Entry? known) && known == entry)
            _entries.Remove(entry.Key);
        if (entry.Idle is { } idle)
            _idle.Remove(idle);
        entry.Idle = null;
    }

    private sealed class Entry(string key)
    {
        public string Key => key;

        public TaskCompletionSource<TokenGrammar> Made { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Those who have it, or wait for it.</summary>
        public int Users { get; set; }

        /// <summary>Its place among those that nobody uses; null while somebody does.</summary>
        public LinkedListNode<Entry>? Idle { get; set; }

        /// <summary>Two bytes a letter of the key, and what is compiled.</summary>
        public long Bytes => (2L * key.Length) + (Made.Task.IsCompletedSuccessfully ? Made.Task.Result.Bytes : 0);
    }
}
