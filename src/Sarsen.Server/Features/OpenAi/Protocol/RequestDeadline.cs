using Microsoft.AspNetCore.Http;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>The time that a request to a language model has, from when it was read on: its model is loaded in it, and its answer written.</summary>
internal sealed class RequestDeadline : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan? _most;
    private readonly CancellationToken _left;
    private readonly long _begun;
    private readonly CancellationTokenSource? _late;
    private readonly CancellationTokenSource _stop;

    public RequestDeadline(HttpContext context, ServerOptions options)
    {
        (_time, _most, _left, _begun) = (options.Time, options.LanguageTimeout, context.RequestAborted, options.Time.GetTimestamp());
        _late = _most is { } most ? new CancellationTokenSource(most, _time) : null;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_left, _late?.Token ?? CancellationToken.None);
    }

    /// <summary>What is left of it; null where there is no limit.</summary>
    /// <exception cref="TimeoutException">Nothing is.</exception>
    public TimeSpan? Left => _most - _time.GetElapsedTime(_begun) is not { } left ? null : left > TimeSpan.Zero ? left : throw Late();

    /// <summary>Waits for what comes before an answer.</summary>
    /// <param name="work">Told when the client leaves, or the time is over.</param>
    /// <exception cref="TimeoutException">The time is over.</exception>
    public async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        try
        {
            return await work(_stop.Token);
        }
        catch (OperationCanceledException) when (_late is { IsCancellationRequested: true } && !_left.IsCancellationRequested)
        {
            throw Late();
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _late?.Dispose();
    }

    private TimeoutException Late() =>
        new(FormattableString.Invariant($"the answer was not begun within {_most!.Value.TotalSeconds:G3} s: the model is being loaded, or waits for memory; send the request again later"));
}
