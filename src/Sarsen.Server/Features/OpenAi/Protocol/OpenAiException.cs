using Microsoft.AspNetCore.Http;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>A request that cannot be fulfilled, as OpenAI's API says it.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">Cause and cure.</param>
/// <param name="param">The field of the request that is at fault, such as <c>messages[0].role</c>; null where none is.</param>
/// <param name="code">A word for programs; null where there is none.</param>
/// <param name="inner">What was thrown below.</param>
internal sealed class OpenAiException(int status, string message, string? param = null, string? code = null, Exception? inner = null) : Exception(message, inner)
{
    public int Status { get; } = status;

    public string? Param { get; } = param;

    public string? Code { get; } = code;

    public static OpenAiException Invalid(string message, string? param, string? code = "invalid_value", Exception? inner = null) =>
        new(StatusCodes.Status400BadRequest, message, param, code, inner);

    /// <summary>The field is known, and what it asks for cannot be done.</summary>
    public static OpenAiException Unsupported(string message, string param) => Invalid(message, param, "unsupported_parameter");
}
