using Microsoft.Extensions.Hosting;

namespace Sarsen.Server.Features.Keys;

/// <summary>Writes down now and then, and at the end, when keys were last used.</summary>
internal sealed class KeyFlush(KeyStore keys, ServerOptions options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.KeyFlushInterval, options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                await keys.FlushAsync();
        }
        catch (OperationCanceledException)
        {
            await keys.FlushAsync();
        }
    }
}
