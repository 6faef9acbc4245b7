using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sarsen.Server.Errors;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Keys;

namespace Sarsen.Server.Features.Health;

internal sealed record LiveView(bool Live);

internal sealed record ReadyView(bool Ready);

[JsonSerializable(typeof(LiveView))]
[JsonSerializable(typeof(ReadyView))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class HealthJson : JsonSerializerContext;

/// <summary>
/// <c>/v2/health/*</c>, which need no key. Ready means that what was deployed at the start has been loaded; a deployment
/// that failed to is no reason to take the others from their clients.
/// </summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder health = app.MapGroup("/v2/health").WithTags("Health").ForEveryone();
        health.MapGet("/live", () => TypedResults.Ok(new LiveView(true))).WithSummary("Whether the server answers");
        health.MapGet("/ready", Ok<ReadyView> (ServedDeployments deployments) => deployments.AreLoaded
            ? TypedResults.Ok(new ReadyView(true))
            : throw RequestException.Invalid("deployments are still loading")).WithSummary("Whether the deployments are loaded");
    }
}
