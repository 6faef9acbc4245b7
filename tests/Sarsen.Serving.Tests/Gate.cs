namespace Sarsen.Serving.Tests;

/// <summary>Holds whoever passes until it is opened.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _open = new(), _reached = new();

    public void Pass()
    {
        _reached.Set();
        _open.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    public void WaitUntilReached() => _reached.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();

    public void Open() => _open.Set();

    public void Dispose()
    {
        _open.Dispose();
        _reached.Dispose();
    }
}
