using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sarsen.Serving.Language.Tools;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>Marks endpoints that speak OpenAI's protocol: their errors have its form, and their answers its headers.</summary>
internal sealed record OpenAiProtocol
{
    public static OpenAiProtocol Marker { get; } = new();

    // Where it alone is spoken, also with a method or to a place that is not there.
    private static readonly PathString[] s_places = ["/v1/chat", "/v1/completions", "/v1/embeddings", "/v1/models"];

    public static bool IsSpoken(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<OpenAiProtocol>() is not null || s_places.Any(place => context.Request.Path.StartsWithSegments(place));
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
