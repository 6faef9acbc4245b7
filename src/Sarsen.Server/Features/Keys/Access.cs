using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sarsen.Server.Features.Keys;

/// <summary>Who may call an endpoint; without this, anyone with a key.</summary>
/// <param name="Role">The role that is needed; null for none, not even a key.</param>
internal sealed record Access(KeyRole? Role);

internal static class AccessExtensions
{
    /// <summary>The endpoint needs no key.</summary>
    public static T ForEveryone<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Access(null));

    /// <summary>The endpoint needs an admin key.</summary>
    public static T ForAdmins<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Access(KeyRole.Admin));

    /// <summary>The id of the key that a request was sent with; empty where the endpoint needs none.</summary>
    public static string KeyId(this HttpContext context) => context.Features.Get<ApiKey>()?.Id ?? "";
}
