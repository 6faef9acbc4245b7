namespace Sarsen.Server.Storage;

/// <summary>The right to change what is stored, which one task at a time holds; disposing passes it on.</summary>
internal readonly struct Turn(SemaphoreSlim turns) : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        turns.Release();
        return ValueTask.CompletedTask;
    }
}
