using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>Bodies of requests and replies.</summary>
internal static class JsonBody
{
    /// <summary>The members of the body, which live as long as the program keeps them.</summary>
    /// <exception cref="OpenAiException">The body is no JSON object.</exception>
    public static async Task<RequestFields> ReadAsync(HttpContext context, ServerOptions options)
    {
        if (!context.Request.HasJsonContentType())
            throw new OpenAiException(StatusCodes.Status415UnsupportedMediaType, $"the content type is '{context.Request.ContentType}': send JSON as application/json");
        using RequestBody body = await RequestBody.ReadAsync(context, options.MaxRequestBytes);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body.Memory, new JsonDocumentOptions { MaxDepth = 128 });
            JsonElement root = document.RootElement.Clone();
            JsonTexts.Check(root);
            return new RequestFields(root);
        }
        catch (JsonException e)
        {
            throw OpenAiException.Invalid($"the body is no JSON: {e.Message}", null, "invalid_json", e);
        }
        catch (InvalidOperationException e)
        {
            throw OpenAiException.Invalid($"the body holds a text that is not valid UTF-8: {e.Message}", null, "invalid_json", e);
        }
    }
}
