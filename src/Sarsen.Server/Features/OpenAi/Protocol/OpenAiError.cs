using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Sarsen.Server.Errors;
using Sarsen.Serving;
using Sarsen.Text.Grammars;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>The error object of OpenAI's API; all four members are always there.</summary>
internal sealed record OpenAiError(string Message, string Type, string? Param, string? Code)
{
    // A request may have megabytes where a word belongs: an answer does not repeat them.
    private const int LongestMessage = 1000, LongestParam = 200;

    /// <summary>What was thrown, with its HTTP status.</summary>
    public static (int Status, OpenAiError Error) Of(Exception e)
    {
        (int status, OpenAiError error) = Told(e);
        return (status, error with { Message = Clip(error.Message, LongestMessage), Param = error.Param is { } param ? Clip(param, LongestParam) : null });
    }

    /// <summary>The beginning of a text that is too long, in whole characters.</summary>
    public static string Clip(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "…";

    private static (int Status, OpenAiError Error) Told(Exception e) => e switch
    {
        OpenAiException refused => (refused.Status, new OpenAiError(refused.Message, TypeOf(refused.Status), refused.Param, refused.Code)),
        RequestException refused => (refused.Status, OfStatus(refused.Status, refused.Message)),
        BadHttpRequestException bad => (bad.StatusCode, OfStatus(bad.StatusCode, bad.Message)),
        InputException wrong => (400, new OpenAiError(wrong.Message, TypeOf(400), null, "invalid_value")),
        GrammarException wrong => (400, new OpenAiError($"the answer cannot be held to its constraint: {wrong.Message}", TypeOf(400), null, "invalid_value")),
        ModelLoadException load => (500, new OpenAiError($"the model cannot be loaded: {load.Message}", TypeOf(500), "model", "model_load_failed")),
        OverloadException full => (503, new OpenAiError(full.Message, TypeOf(503), null, "engine_overloaded")),
        TimeoutException late => (504, new OpenAiError(late.Message, TypeOf(504), null, "timeout")),
        ReplicaClosedException => (503, new OpenAiError(e.Message, TypeOf(503), null, "unavailable")),
        _ => (500, new OpenAiError("this should not have happened: the server's log says more", TypeOf(500), null, null)),
    };

    /// <summary>A refusal that has no more to say than its status.</summary>
    public static OpenAiError OfStatus(int status, string message) => new(message, TypeOf(status), null, status switch
    {
        401 => "invalid_api_key",
        403 => "insufficient_permissions",
        404 => "not_found",
        _ => null,
    });

    private static string TypeOf(int status) => status >= 500 ? "server_error" : status == 429 ? "requests" : "invalid_request_error";
}

/// <summary>What stands around it.</summary>
internal sealed record OpenAiErrorReply(OpenAiError Error);

[JsonSerializable(typeof(OpenAiErrorReply))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class OpenAiErrorJson : JsonSerializerContext
{
    /// <summary>With messages that people can read.</summary>
    public static OpenAiErrorJson Readable { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JsonContexts.Encoder });
}
