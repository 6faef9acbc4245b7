namespace Sarsen.Server.Errors;

/// <summary>A request that cannot be fulfilled: the HTTP status, and a message with cause and cure.</summary>
public sealed class RequestException(int status, string message, Exception? inner = null) : Exception(message, inner)
{
    public int Status { get; } = status;

    public static RequestException Invalid(string message, Exception? inner = null) => new(400, message, inner);

    public static RequestException NotFound(string message) => new(404, message);

    public static RequestException Conflict(string message) => new(409, message);

    public static RequestException Unavailable(string message) => new(503, message);
}
