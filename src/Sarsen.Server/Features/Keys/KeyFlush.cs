using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sarsen.Server.Features.Keys;

/// <summary>Writes down now and then, and at the end, when keys were last used.</summary>
internal sealed partial class KeyFlush(KeyStore keys, ServerOptions options, ILogger<KeyFlush> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.KeyFlushInterval, options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                await FlushAsync();
        }
        catch (OperationCanceledException)
        {
            await FlushAsync();
        }
    }

    // A full disk is no reason to refuse predictions.
    private async Task FlushAsync()
    {
        try
        {
            await keys.FlushAsync();
        }
        catch (Exception e) when (e is SqliteException or DbUpdateException)
        {
            LogFailure(log, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "when keys were last used could not be written")]
    private static partial void LogFailure(ILogger log, Exception error);
}
