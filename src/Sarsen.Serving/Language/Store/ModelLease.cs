namespace Sarsen.Serving.Language.Store;

/// <summary>A model in use: it stays loaded until this is disposed of.</summary>
public sealed class ModelLease<T> : IDisposable where T : class, IAsyncDisposable
{
    private Action? _release;

    internal ModelLease(ModelEntry entry, T model, Action release) => (Entry, Model, _release) = (entry, model, release);

    public ModelEntry Entry { get; }

    public T Model { get; }

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}

/// <summary>A model of a store, as it is now.</summary>
/// <param name="Entry">What it is called, and where it is.</param>
/// <param name="Model">The model where it is loaded; null where it is not, or not yet.</param>
/// <param name="Users">Who uses it, or waits for it.</param>
/// <param name="Bytes">Memory that it takes, or that is set aside for it.</param>
public sealed record ModelStatus<T>(ModelEntry Entry, T? Model, int Users, long Bytes);
