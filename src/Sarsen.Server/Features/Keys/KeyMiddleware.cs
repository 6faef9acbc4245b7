using Microsoft.AspNetCore.Http;
using Sarsen.Server.Errors;

namespace Sarsen.Server.Features.Keys;

/// <summary>Lets a request through whose key may call the endpoint. What does not exist needs a key as well: it tells strangers nothing.</summary>
internal sealed class KeyMiddleware(RequestDelegate next, KeyStore keys)
{
    private const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext context)
    {
        Access access = context.GetEndpoint()?.Metadata.GetMetadata<Access>() ?? new Access(KeyRole.User);
        if (access.Role is null)
            return next(context);
        string? header = context.Request.Headers.Authorization;
        ApiKey? key = header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? keys.Find(header.AsSpan(Scheme.Length).Trim())
            : null;
        if (key is null)
        {
            string found = header is null ? "no API key was sent" : "the API key is unknown or was revoked";
            return RefuseAsync(context, $"{found}: send one as 'Authorization: Bearer {KeyStore.Mark}…'");
        }
        if (key.Role < access.Role)
            throw new RequestException(StatusCodes.Status403Forbidden, $"the key '{key.Name}' ({key.Prefix}…) is a user's: {context.Request.Method} {context.Request.Path} needs an admin key");
        context.Features.Set(key);
        return next(context);
    }

    private static Task RefuseAsync(HttpContext context, string message)
    {
        context.Response.OnStarting(static state =>
        {
            ((HttpContext)state).Response.Headers.WWWAuthenticate = "Bearer";
            return Task.CompletedTask;
        }, context);
        throw new RequestException(StatusCodes.Status401Unauthorized, message);
    }
}
