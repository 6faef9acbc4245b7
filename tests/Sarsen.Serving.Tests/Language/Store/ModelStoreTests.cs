using Sarsen.Serving.Language.Store;

namespace Sarsen.Serving.Tests.Language.Store;

public sealed class ModelStoreTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new();
    private readonly List<FakeModel> _loaded = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-store-").FullName;
    private Exception? _failure;
    private Gate? _gate;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class FakeModel(string name, long bytes) : IAsyncDisposable
    {
        public string Name => name;

        public long Bytes => bytes;

        public bool IsGone { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            IsGone = true;
        }
    }

    private ModelEntry Entry(string name, int bytes, TimeSpan? keepAlive = null)
    {
        string path = Path.Combine(_folder, name + ".gguf");
        File.WriteAllBytes(path, new byte[bytes]);
        return new ModelEntry(name, path, keepAlive);
    }

    private ModelStore<FakeModel> Store(long? budget, params ModelEntry[] entries) => new(entries, entry =>
    {
        _gate?.Pass();
        if (_failure is not null)
            throw _failure;
        var model = new FakeModel(entry.Name, entry.FileBytes());
        lock (_loaded)
            _loaded.Add(model);
        return model;
    }, m => m.Bytes, new ModelStoreOptions { MemoryBudget = budget }, _time);

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (DateTime end = DateTime.UtcNow + s_patience; !holds(); await Task.Delay(5))
            DateTime.UtcNow.ShouldBeLessThan(end);
    }

    [Fact]
    public async Task A_model_is_loaded_once_for_all_who_ask_at_the_same_time()
    {
        _gate = new Gate();
        await using ModelStore<FakeModel> store = Store(null, Entry("a", 10));
        store.Models.Single().Model.ShouldBeNull();
        Task<ModelLease<FakeModel>>[] users = [.. Enumerable.Range(0, 8).Select(_ => store.UseAsync("a"))];
        _gate.WaitUntilReached();
        store.Models.Single().Users.ShouldBe(8);
        users.ShouldAllBe(u => !u.IsCompleted);
        _gate.Open();
        foreach (Task<ModelLease<FakeModel>> user in users)
            (await user.WaitAsync(s_patience)).Model.ShouldBe(_loaded.Single());
        store.UsedBytes.ShouldBe(10);
    }

    [Fact]
    public async Task It_is_unloaded_a_while_after_its_last_use()
    {
        await using ModelStore<FakeModel> store = Store(null, Entry("a", 10), Entry("always", 1, Timeout.InfiniteTimeSpan), Entry("never", 1, TimeSpan.Zero));
        using (await store.UseAsync("always"))
        using (await store.UseAsync("a"))
            _time.Advance(TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(4));
        using (await store.UseAsync("a"))
            _loaded.Count.ShouldBe(2);
        _time.Advance(TimeSpan.FromMinutes(4));
        FakeModel a = _loaded[1];
        a.IsGone.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMinutes(2));
        await UntilAsync(() => a.IsGone && store.UsedBytes == 1);
        using (ModelLease<FakeModel> again = await store.UseAsync("a"))
            again.Model.ShouldNotBe(a);
        using (await store.UseAsync("never"))
        {
        }
        await UntilAsync(() => _loaded[^1].IsGone);
        _time.Advance(TimeSpan.FromDays(1));
        _loaded[0].IsGone.ShouldBeFalse();
    }

    [Fact]
    public async Task Under_a_budget_the_one_that_was_not_used_for_the_longest_time_goes_first()
    {
        await using ModelStore<FakeModel> store = Store(100, Entry("a", 40), Entry("b", 40), Entry("c", 40), Entry("huge", 101));
        foreach (string name in (string[])["a", "b", "a"])
        {
            using ModelLease<FakeModel> lease = await store.UseAsync(name);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        using (await store.UseAsync("c").WaitAsync(s_patience))
            store.Models.Where(m => m.Model is not null).Select(m => m.Entry.Name).ShouldBe(["a", "c"]);
        store.UsedBytes.ShouldBe(80);
        (await Should.ThrowAsync<ModelLoadException>(() => store.UseAsync("huge"))).Message.ShouldContain("huge");
        // What does not fit drives nobody out.
        store.UsedBytes.ShouldBe(80);
    }

    [Fact]
    public async Task Who_needs_memory_that_is_in_use_waits_for_it()
    {
        await using ModelStore<FakeModel> store = Store(100, Entry("a", 60), Entry("b", 60));
        ModelLease<FakeModel> a = await store.UseAsync("a");
        Task<ModelLease<FakeModel>> b = store.UseAsync("b");
        await Task.Delay(50);
        b.IsCompleted.ShouldBeFalse();
        a.Dispose();
        a.Dispose();
        using (ModelLease<FakeModel> lease = await b.WaitAsync(s_patience))
            lease.Model.Name.ShouldBe("b");
        _loaded[0].IsGone.ShouldBeTrue();
        store.Models.ShouldAllBe(m => m.Users == 0);
    }

    [Fact]
    public async Task A_failure_is_told_to_all_who_wait_and_the_next_request_tries_again()
    {
        _gate = new Gate();
        _failure = new ModelLoadException("it is damaged");
        await using ModelStore<FakeModel> store = Store(100, Entry("a", 60));
        Task<ModelLease<FakeModel>> first = store.UseAsync("a"), second = store.UseAsync("a");
        _gate.WaitUntilReached();
        _gate.Open();
        foreach (Task<ModelLease<FakeModel>> user in new[] { first, second })
            (await Should.ThrowAsync<ModelLoadException>(() => user)).Message.ShouldBe("it is damaged");
        store.UsedBytes.ShouldBe(0);
        _failure = null;
        using (await store.UseAsync("a").WaitAsync(s_patience))
            store.UsedBytes.ShouldBe(60);
    }

    [Fact]
    public async Task Who_stops_waiting_leaves_the_loading_to_the_others()
    {
        _gate = new Gate();
        await using ModelStore<FakeModel> store = Store(null, Entry("a", 10));
        using var stop = new CancellationTokenSource();
        Task<ModelLease<FakeModel>> leaver = store.UseAsync("a", stop.Token);
        _gate.WaitUntilReached();
        stop.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => leaver);
        _gate.Open();
        await UntilAsync(() => store.Models.Single().Model is not null);
        // Nobody uses it: its time runs.
        _time.Advance(TimeSpan.FromMinutes(6));
        await UntilAsync(() => _loaded.Single().IsGone);
    }

    [Fact]
    public async Task Names_are_checked_and_a_closed_store_takes_nobody()
    {
        ModelStore<FakeModel> store = Store(null, Entry("a", 10));
        await Should.ThrowAsync<KeyNotFoundException>(() => store.UseAsync("b"));
        (await store.UseAsync("a")).Dispose();
        await store.DisposeAsync();
        _loaded.Single().IsGone.ShouldBeTrue();
        await Should.ThrowAsync<ReplicaClosedException>(() => store.UseAsync("a"));
        Should.Throw<ArgumentException>(() => Store(null, Entry("a", 1), Entry("a", 1)));
        Should.Throw<ArgumentOutOfRangeException>(() => Store(0, Entry("a", 1)));
        Should.Throw<ArgumentOutOfRangeException>(() => Store(null, Entry("a", 1, TimeSpan.FromSeconds(-5))));
    }

    [Fact]
    public async Task Many_users_of_many_models_never_meet_one_that_is_gone()
    {
        ModelEntry[] entries = [.. Enumerable.Range(0, 6).Select(i => Entry($"m{i}", 30, i == 0 ? TimeSpan.Zero : null))];
        await using ModelStore<FakeModel> store = Store(100, entries);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(user => Task.Run(async () =>
        {
            var random = new Random(user);
            for (int i = 0; i < 100; i++)
            {
                using ModelLease<FakeModel> lease = await store.UseAsync($"m{random.Next(6)}").WaitAsync(s_patience);
                lease.Model.IsGone.ShouldBeFalse();
                store.UsedBytes.ShouldBeLessThanOrEqualTo(100);
                await Task.Yield();
                lease.Model.IsGone.ShouldBeFalse();
            }
        })));
    }
}
