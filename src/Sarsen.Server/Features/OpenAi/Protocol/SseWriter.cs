using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>Writes server-sent events, each sent at once. Source: HTML, section 9.2; OpenAI's streams end with <c>[DONE]</c>.</summary>
internal sealed class SseWriter(HttpContext context)
{
    private bool _started;

    public async Task SendAsync<T>(T value, JsonTypeInfo<T> type)
    {
        Start();
        Write("data: "u8);
        Write(JsonSerializer.SerializeToUtf8Bytes(value, type));
        Write("\n\n"u8);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    public async Task DoneAsync()
    {
        Start();
        Write("data: [DONE]\n\n"u8);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Runs what streams. What it throws before the first event is the answer's status; behind it, it is an event, which clients throw.</summary>
    public async Task RunAsync(Func<Task> stream, Action<Exception> onFailure)
    {
        try
        {
            await stream();
        }
        catch (Exception e) when (_started && !context.RequestAborted.IsCancellationRequested)
        {
            (int status, OpenAiError error) = OpenAiError.Of(e);
            if (status == StatusCodes.Status500InternalServerError)
                onFailure(e);
            await SendAsync(new OpenAiErrorReply(error), OpenAiErrorJson.Readable.OpenAiErrorReply);
        }
    }

    private void Start()
    {
        if (_started)
            return;
        _started = true;
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        // Proxies that gather an answer would hold the stream back.
        context.Response.Headers["X-Accel-Buffering"] = "no";
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(context.Response.BodyWriter.GetSpan(bytes.Length));
        context.Response.BodyWriter.Advance(bytes.Length);
    }
}
