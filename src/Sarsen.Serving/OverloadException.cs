namespace Sarsen.Serving;

/// <summary>More requests wait than the queue holds. Nothing was begun: the request can be sent again later, or elsewhere.</summary>
/// <param name="message">Which queue, and its size.</param>
/// <param name="retryAfter">When a place is likely to be free.</param>
public sealed class OverloadException(string message, TimeSpan retryAfter) : Exception(message)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
