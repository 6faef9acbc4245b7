using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sarsen.Server.Features.Keys;

namespace Sarsen.Server.Features.Deployments;

/// <summary><c>/v1/deployments</c>: make, change, list, read, delete, predict.</summary>
internal static class DeploymentEndpoints
{
    public static void Map(IEndpointRouteBuilder app, ServerOptions options)
    {
        RouteGroupBuilder deployments = app.MapGroup("/v1/deployments").WithTags("Deployments");
        deployments.MapGet("", (ServedDeployments served) => TypedResults.Ok(new DeploymentList([.. served.All.Select(DeploymentView.Of)])))
            .WithSummary("List the deployments");
        deployments.MapGet("/{name}", (string name, ServedDeployments served) => TypedResults.Ok(DeploymentView.Of(served.Require(name))))
            .WithSummary("Read a deployment: its state, what it takes and gives, its statistics");
        deployments.MapPost("", async (CreateDeployment request, ServedDeployments served) =>
            TypedResults.Accepted($"/v1/deployments/{request.Name}", DeploymentView.Of(await served.CreateAsync(request))))
            .ForAdmins().WithSummary("Deploy a version of a model; read the deployment until it is no longer loading");
        deployments.MapPatch("/{name}", async (string name, UpdateDeployment request, ServedDeployments served) =>
            TypedResults.Accepted($"/v1/deployments/{name}", DeploymentView.Of(await served.UpdateAsync(name, request))))
            .ForAdmins().WithSummary("Change a deployment; what serves goes on until the change has been loaded");
        deployments.MapDelete("/{name}", async (string name, ServedDeployments served) =>
        {
            await served.DeleteAsync(name);
            return TypedResults.NoContent();
        }).ForAdmins().WithSummary("Delete a deployment, after it has answered what waits");
        deployments.MapPost("/{name}/predict", PredictEndpoint.PredictAsync)
            .WithMetadata(new BodyLimit(options.MaxRequestBytes)).Accepts<PredictRequest>("application/json").Produces<PredictResponse>()
            .WithSummary("Predict for rows of raw values");
    }
}
