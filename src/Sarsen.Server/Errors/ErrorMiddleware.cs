using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Sarsen.Data;
using Sarsen.Data.Preprocessing;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving;

namespace Sarsen.Server.Errors;

/// <summary>
/// Turns what was thrown, and refusals without a body, into the error object of the protocol that was spoken:
/// <c>{"error": "…"}</c> under <c>/v2</c>, OpenAI's where that is spoken, problem details (RFC 9457) elsewhere.
/// </summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null })
            {
                (int status, string words) = (context.Response.StatusCode, Describe(context));
                await (OpenAiProtocol.IsSpoken(context) ? WriteOpenAiAsync(context, new OpenAiException(status, words, null, null)) : WriteAsync(context, status, words, null));
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer, or the rest of one.
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            if (OpenAiProtocol.IsSpoken(context))
            {
                await WriteOpenAiAsync(context, e);
                return;
            }
            int status = StatusOf(e);
            if (status == StatusCodes.Status500InternalServerError)
                LogFailure(log, e, context.Request.Method, context.Request.Path);
            context.Response.Clear();
            SetRetryAfter(context, e, status);
            bool known = status != StatusCodes.Status500InternalServerError || e is PredictionFailedException;
            await WriteAsync(context, status, known ? MessageOf(e) : "this should not have happened: the server's log says more", e as FieldException);
        }
    }

    private async Task WriteOpenAiAsync(HttpContext context, Exception e)
    {
        (int status, OpenAiError error) = OpenAiError.Of(e);
        // The cause of a model that cannot be loaded is the operator's to know too.
        if (status == StatusCodes.Status500InternalServerError)
            LogFailure(log, e, context.Request.Method, context.Request.Path);
        StringValues allowed = context.Response.Headers.Allow;
        context.Response.Clear();
        context.Response.Headers.Allow = allowed;
        SetRetryAfter(context, e, status);
        // It would fail again: clients retry what ends with 5xx unless they are told.
        if (e is ModelLoadException or TimeoutException)
            context.Response.Headers["x-should-retry"] = "false";
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(new OpenAiErrorReply(error), OpenAiErrorJson.Readable.OpenAiErrorReply);
    }

    private static void SetRetryAfter(HttpContext context, Exception e, int status)
    {
        if (e is OverloadException overload)
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(overload.RetryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        else if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "1";
    }

    private static int StatusOf(Exception e) => e switch
    {
        RequestException refused => refused.Status,
        BadHttpRequestException { InnerException: JsonException } => StatusCodes.Status400BadRequest,
        BadHttpRequestException bad => bad.StatusCode,
        InputException or DataException or JsonException or InvalidDataException => StatusCodes.Status400BadRequest,
        OverloadException or ReplicaClosedException or TimeoutException => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static string MessageOf(Exception e) =>
        e is BadHttpRequestException { InnerException: JsonException json } ? $"the body cannot be read: {json.Message}" : e.Message;

    private static string Describe(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"there is nothing at {context.Request.Path}",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is not possible at {context.Request.Path}: {context.Response.Headers.Allow} is",
        StatusCodes.Status415UnsupportedMediaType => $"the content type '{context.Request.ContentType}' is not one that {context.Request.Path} reads: send JSON as application/json",
        int status => ReasonPhrases.GetReasonPhrase(status),
    };

    private static async Task WriteAsync(HttpContext context, int status, string message, FieldException? field)
    {
        context.Response.StatusCode = status;
        if (context.Request.Path.StartsWithSegments("/v2"))
        {
            await context.Response.WriteAsJsonAsync(new OipError(message), ErrorJson.Readable.OipError);
            return;
        }
        var problem = new Problem(ReasonPhrases.GetReasonPhrase(status), status, message, field?.Row, field?.Field);
        await context.Response.WriteAsJsonAsync(problem, ErrorJson.Readable.Problem, "application/problem+json");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogFailure(ILogger log, Exception error, string method, string path);
}
