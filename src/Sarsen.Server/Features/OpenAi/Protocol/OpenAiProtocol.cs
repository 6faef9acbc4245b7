using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sarsen.Serving.Language.Tools;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>Marks endpoints that speak OpenAI's protocol: their errors have its form, and their answers its headers.</summary>
internal sealed record OpenAiProtocol
{
    public static OpenAiProtocol Marker { get; } = new();

    // Where it alone is spoken, also with a method that is not there.
    private static readonly PathString[] s_places = ["/v1/chat", "/v1/completions", "/v1/embeddings", "/v1/models"];

    // Where it is not. Whoever asks for anything else below /v1 that is not there, such as /v1/responses, is a client of OpenAI's.
    private static readonly PathString[] s_ours = ["/v1/registry", "/v1/deployments", "/v1/keys"];

    public static bool IsSpoken(HttpContext context)
    {
        PathString path = context.Request.Path;
        return context.GetEndpoint() is { } endpoint
            ? endpoint.Metadata.GetMetadata<OpenAiProtocol>() is not null || s_places.Any(place => path.StartsWithSegments(place))
            : path.StartsWithSegments("/v1") && !s_ours.Any(place => path.StartsWithSegments(place));
    }
}

/// <summary>The headers of every answer, refusals included. Stands before whatever refuses.</summary>
internal sealed class OpenAiHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!OpenAiProtocol.IsSpoken(context))
            return next(context);
        long begun = Stopwatch.GetTimestamp();
        context.Response.OnStarting(() =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            headers["x-request-id"] = "req_" + Ids.Random(24);
            headers["openai-version"] = "2020-10-01";
            // Of a streamed answer: until it begins.
            headers["openai-processing-ms"] = ((long)Stopwatch.GetElapsedTime(begun).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        return next(context);
    }
}
