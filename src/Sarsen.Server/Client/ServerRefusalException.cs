using System.Net;

namespace Sarsen.Server.Client;

/// <summary>The server refused; the message is its own, with cause and cure.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What the server said.</param>
/// <param name="row">The row of the request that is at fault, from 0; null where none is.</param>
/// <param name="field">Its field.</param>
public sealed class ServerRefusalException(HttpStatusCode status, string message, long? row, string? field) : HttpRequestException(message, null, status)
{
    public long? Row { get; } = row;

    public string? Field { get; } = field;
}
