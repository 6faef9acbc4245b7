using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sarsen.Server.Errors;
using Sarsen.Server.Features.Deployments;
using Sarsen.Serving;
using Sarsen.Serving.Statistics;

namespace Sarsen.Server.Features.Inference;

/// <summary>The Open Inference Protocol (KServe v2) under <c>/v2</c>, but for the health endpoints.</summary>
internal static class OipEndpoints
{
    // Only what is there: clients choose by this list.
    private static readonly string[] Extensions = ["binary_tensor_data", "classification", "statistics"];

    public static void Map(IEndpointRouteBuilder app, ServerOptions options)
    {
        RouteGroupBuilder oip = app.MapGroup("/v2").WithTags("Open Inference Protocol");
        oip.MapGet("", () => TypedResults.Ok(new ServerMetadata("sarsen", SarsenServer.Version, Extensions))).WithSummary("Server metadata");
        oip.MapGet("/models/stats", (ServedDeployments deployments) => TypedResults.Ok(new StatisticsResponse([.. deployments.All.Select(d => d.Active).OfType<ActiveVersion>().Select(StatisticsOf)])))
            .WithSummary("Statistics of all models");
        foreach (string prefix in new[] { "/models/{name}", "/models/{name}/versions/{version}" })
        {
            oip.MapGet(prefix, Metadata).WithSummary("Model metadata");
            oip.MapGet(prefix + "/ready", Ready).WithSummary("Whether a model is ready");
            oip.MapGet(prefix + "/stats", (string name, string? version, ServedDeployments deployments) =>
                TypedResults.Ok(new StatisticsResponse([StatisticsOf(RequireServing(deployments, name, version))]))).WithSummary("A model's statistics");
            oip.MapPost(prefix + "/infer", InferEndpoint.InferAsync).WithMetadata(new BodyLimit(options.MaxRequestBytes)).WithSummary("Infer");
        }
    }

    private static Ok<ModelMetadata> Metadata(string name, string? version, ServedDeployments deployments)
    {
        ActiveVersion active = RequireServing(deployments, name, version);
        PredictorInfo info = active.Replicas.Info;
        return TypedResults.Ok(new ModelMetadata(name, [VersionOf(active)], info.Platform, [.. info.Inputs.Select(TensorView.Of)], [.. info.Outputs.Select(TensorView.Of)]));
    }

    private static Ok<ModelReady> Ready(string name, string? version, ServedDeployments deployments)
    {
        DeployedModel deployed = OipModels.Require(deployments, name);
        OipModels.RequireVersion(deployed.Active, version);
        // Not ready is 400 here, as clients of the protocol expect.
        return deployed.Active is not null
            ? TypedResults.Ok(new ModelReady(name, true))
            : throw RequestException.Invalid(NotServing(deployed));
    }

    private static ActiveVersion RequireServing(ServedDeployments deployments, string name, string? version)
    {
        DeployedModel deployed = OipModels.Require(deployments, name);
        OipModels.RequireVersion(deployed.Active, version);
        return deployed.Active ?? throw RequestException.Invalid(NotServing(deployed));
    }

    private static string NotServing(DeployedModel deployed) =>
        $"the model '{deployed.Settings.Name}' is not ready: {(deployed.State == DeploymentState.Failed ? deployed.Reason : "it is loading")}";

    private static string VersionOf(ActiveVersion active) => active.Settings.Version.ToString(CultureInfo.InvariantCulture);

    private static ModelStatistics StatisticsOf(ActiveVersion active)
    {
        ServingStatistics s = ServingStatistics.Sum(active.Replicas.Statistics);
        var none = new Duration(0, 0);
        return new ModelStatistics(active.Settings.Name, VersionOf(active), s.LastUnixMs, s.Rows, s.Run.Count,
            new InferenceStatistics(new Duration(s.Requests, (long)(s.Latency.TotalSeconds * 1e9)), Of(s.Failed), Of(s.Queue), Of(s.Gather), Of(s.Run), Of(s.Scatter), none, none),
            [.. s.RunsBySize.Select((run, size) => new BatchStatistics(size, Of(run))).Where(b => b.ComputeInfer.Count > 0)]);
    }

    private static Duration Of(Timing timing) => new(timing.Count, timing.Total.Ticks * 100);
}
