using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Sarsen.Server.Features.Keys;

/// <summary><c>/v1/keys</c>: make, list, revoke.</summary>
internal static class KeyEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder keys = app.MapGroup("/v1/keys").WithTags("Keys").ForAdmins();
        keys.MapPost("", async (CreateKey request, KeyStore store) =>
        {
            (ApiKey key, string text) = await store.CreateAsync(request.Name, request.Role);
            return TypedResults.Created($"/v1/keys/{key.Id}", KeyView.Of(key, text));
        }).WithSummary("Make a key; its text is in this answer only");
        keys.MapGet("", async (KeyStore store) => TypedResults.Ok(new KeyList([.. (await store.ListAsync()).Select(k => KeyView.Of(k))])))
            .WithSummary("List the keys, the revoked among them");
        keys.MapDelete("/{id}", async Task<Ok<KeyView>> (string id, KeyStore store) => TypedResults.Ok(KeyView.Of(await store.RevokeAsync(id))))
            .WithSummary("Revoke a key, at once and for good");
    }
}
