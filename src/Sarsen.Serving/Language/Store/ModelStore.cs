namespace Sarsen.Serving.Language.Store;

/// <summary>
/// Models by name, loaded when they are first used and unloaded when nobody has used them for a while, or when another needs
/// the memory: the one that was not used for the longest time first. Requests that come while a model is loaded, unloaded or
/// waits for memory wait with it. One that cannot be loaded fails for all who wait, and is tried again for the next.
/// </summary>
public sealed class ModelStore<T> : IAsyncDisposable where T : class, IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly Func<ModelEntry, T> _load;
    private readonly Func<T, long> _bytesOf;
    private readonly ModelStoreOptions _options;
    private readonly TimeProvider _time;
    private TaskCompletionSource _room = NewSignal();
    private long _used;
    private bool _closed;

    /// <param name="entries">The models; names are different.</param>
    /// <param name="load">Loads one, on a thread that may block.</param>
    /// <param name="bytesOf">Memory that a loaded one takes.</param>
    /// <param name="options">When models are unloaded.</param>
    /// <param name="time">Null for the system's.</param>
    /// <exception cref="ArgumentException">Two models have one name, or a name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public ModelStore(IEnumerable<ModelEntry> entries, Func<ModelEntry, T> load, Func<T, long> bytesOf, ModelStoreOptions? options = null, TimeProvider? time = null)
    {
        (_load, _bytesOf, _options, _time) = (load, bytesOf, options ?? new ModelStoreOptions(), time ?? TimeProvider.System);
        _options.Validate();
        foreach (ModelEntry entry in entries)
        {
            ModelStoreOptions.CheckKeepAlive(entry.KeepAlive ?? _options.KeepAlive);
            if (string.IsNullOrWhiteSpace(entry.Name) || !_slots.TryAdd(entry.Name, new Slot(entry)))
                throw new ArgumentException($"'{entry.Name}' is no name for a model: names are not empty, and each is there once", nameof(entries));
        }
    }

    /// <summary>All models, by name.</summary>
    public IReadOnlyList<ModelStatus<T>> Models
    {
        get
        {
            lock (_gate)
                return [.. _slots.Values.OrderBy(s => s.Entry.Name, StringComparer.Ordinal).Select(s => new ModelStatus<T>(s.Entry, s.Model, s.Users, s.Bytes))];
        }
    }

    /// <summary>Bytes that loaded models take, and that are set aside for those that are being loaded.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_gate)
                return _used;
        }
    }

    /// <summary>The entry of a name; null where there is none.</summary>
    public ModelEntry? Find(string name) => _slots.GetValueOrDefault(name)?.Entry;

    /// <summary>Uses a model; loads it where it is not loaded.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="stop">Stops waiting; the loading goes on.</param>
    /// <exception cref="KeyNotFoundException">There is no model of this name.</exception>
    /// <exception cref="ModelLoadException">It cannot be loaded, or not within the memory budget.</exception>
    /// <exception cref="ReplicaClosedException">The store is closed.</exception>
    public async Task<ModelLease<T>> UseAsync(string name, CancellationToken stop = default)
    {
        if (!_slots.TryGetValue(name, out Slot? slot))
            throw new KeyNotFoundException($"there is no model '{name}'");
        Task<T> loading;
        lock (_gate)
        {
            if (_closed)
                throw new ReplicaClosedException("the server is ending and takes no more requests");
            slot.Users++;
            slot.IdleTimer?.Dispose();
            slot.IdleTimer = null;
            loading = slot.Loading ??= LoadAsync(slot);
        }
        try
        {
            T model = await loading.WaitAsync(stop);
            return new ModelLease<T>(slot.Entry, model, () => Release(slot));
        }
        catch
        {
            Release(slot);
            throw;
        }
    }

    /// <summary>Takes no more requests and unloads all.</summary>
    public async ValueTask DisposeAsync()
    {
        Slot[] slots;
        lock (_gate)
        {
            _closed = true;
            slots = [.. _slots.Values];
            foreach (Slot slot in slots)
                slot.IdleTimer?.Dispose();
        }
        foreach (Slot slot in slots)
        {
            Task? loading;
            lock (_gate)
                loading = slot.Loading;
            if (loading is not null)
                await loading.ContinueWith(_ => { }, TaskScheduler.Default);
            Task unloading;
            lock (_gate)
                unloading = slot.Model is null ? slot.Unloading : Unload(slot);
            await unloading;
        }
    }

    // Where it fails, the next request begins anew.
    private async Task<T> LoadAsync(Slot slot)
    {
        // What calls this holds the gate.
        await Task.Yield();
        try
        {
            // What went wrong with the one before is not this one's.
            await slot.Unloading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ReserveAsync(slot, slot.Entry.FileBytes());
            T model = await Task.Factory.StartNew(() => _load(slot.Entry), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await AdmitAsync(slot, model);
            return model;
        }
        catch
        {
            lock (_gate)
            {
                slot.Loading = null;
                Free(slot);
            }
            throw;
        }
    }

    /// <summary>Sets memory aside by the size of the files, which is all that is known of a model before it is loaded.</summary>
    private async Task ReserveAsync(Slot slot, long bytes)
    {
        if (bytes > _options.MemoryBudget)
            throw TooLarge(slot, bytes);
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (_closed)
                    throw new ReplicaClosedException("the server is ending: the model is not loaded any more");
                if (_options.MemoryBudget is not { } budget || _used + bytes <= budget)
                {
                    (slot.Bytes, _used) = (bytes, _used + bytes);
                    return;
                }
                wait = LongestIdle() is { } idle ? Unload(idle) : _room.Task;
            }
            await wait;
        }
    }

    /// <summary>Now the size is known: others go until it fits, as far as nobody uses them.</summary>
    private async Task AdmitAsync(Slot slot, T model)
    {
        long bytes = _bytesOf(model);
        if (bytes > _options.MemoryBudget)
        {
            await model.DisposeAsync();
            throw TooLarge(slot, bytes);
        }
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                long over = _used + bytes - slot.Bytes - (_options.MemoryBudget ?? long.MaxValue);
                if (over <= 0 || LongestIdle() is not { } idle)
                {
                    _used += bytes - slot.Bytes;
                    (slot.Bytes, slot.Model) = (bytes, model);
                    // All who waited may have left.
                    if (slot.Users == 0)
                        Idle(slot);
                    return;
                }
                wait = Unload(idle);
            }
            await wait;
        }
    }

    private ModelLoadException TooLarge(Slot slot, long bytes) =>
        new($"'{slot.Entry.Name}' takes {bytes >> 20} MiB, and all models together may take {_options.MemoryBudget >> 20} MiB: give the server more memory, or use a smaller model");

    private Slot? LongestIdle() => _slots.Values.Where(s => s is { Users: 0, Model: not null }).MinBy(s => s.LastUsed);

    private void Release(Slot slot)
    {
        lock (_gate)
        {
            slot.Users--;
            slot.LastUsed = _time.GetTimestamp();
            if (slot is { Users: 0, Model: not null })
                Idle(slot);
        }
    }

    private void Idle(Slot slot)
    {
        if (_closed)
            return;
        slot.LastUsed = _time.GetTimestamp();
        // Somebody may wait for the memory of one that nobody uses.
        Signal();
        TimeSpan keepAlive = slot.Entry.KeepAlive ?? _options.KeepAlive;
        if (keepAlive == TimeSpan.Zero)
            _ = Unload(slot);
        else if (keepAlive != Timeout.InfiniteTimeSpan)
            slot.IdleTimer = _time.CreateTimer(_ => UnloadIdle(slot, keepAlive), null, keepAlive, Timeout.InfiniteTimeSpan);
    }

    private void UnloadIdle(Slot slot, TimeSpan keepAlive)
    {
        lock (_gate)
        {
            // It may have been used while the timer's call waited for the gate.
            if (slot is { Users: 0, Model: not null } && _time.GetElapsedTime(slot.LastUsed) >= keepAlive)
                _ = Unload(slot);
        }
    }

    // Under the gate. Who asks for the model from now on waits for this first.
    private Task Unload(Slot slot)
    {
        T model = slot.Model!;
        slot.IdleTimer?.Dispose();
        (slot.Model, slot.Loading, slot.IdleTimer) = (null, null, null);
        return slot.Unloading = UnloadAsync(slot, model);
    }

    private async Task UnloadAsync(Slot slot, T model)
    {
        await Task.Yield();
        try
        {
            await model.DisposeAsync();
        }
        finally
        {
            lock (_gate)
                Free(slot);
        }
    }

    private void Free(Slot slot)
    {
        _used -= slot.Bytes;
        slot.Bytes = 0;
        Signal();
    }

    private void Signal()
    {
        _room.TrySetResult();
        _room = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Slot(ModelEntry entry)
    {
        public ModelEntry Entry { get; } = entry;

        /// <summary>Set while it is loaded, and when it is; null where it is not.</summary>
        public Task<T>? Loading { get; set; }

        public Task Unloading { get; set; } = Task.CompletedTask;

        public T? Model { get; set; }

        public int Users { get; set; }

        public long Bytes { get; set; }

        public long LastUsed { get; set; }

        public ITimer? IdleTimer { get; set; }
    }
}
