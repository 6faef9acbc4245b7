using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sarsen.Server.Errors;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Keys;

namespace Sarsen.Server.Features.Models;

/// <summary><c>/v1/registry/models</c>: register, list, read, name, delete.</summary>
internal static class ModelEndpoints
{
    private const string Tar = "application/x-tar", Gzip = "application/gzip";

    public static void Map(IEndpointRouteBuilder app, ServerOptions options)
    {
        RouteGroupBuilder models = app.MapGroup("/v1/registry/models").WithTags("Models");
        models.MapGet("", async (ModelRegistry registry) =>
        {
            var views = new List<ModelView>();
            foreach (Model model in await registry.ListAsync())
                views.Add(await ModelView.ReadAsync(registry, model.Name));
            return TypedResults.Ok(new ModelList(views));
        }).WithSummary("List the models");
        models.MapGet("/{name}", async (string name, ModelRegistry registry) => TypedResults.Ok(await ModelView.ReadAsync(registry, name)))
            .WithSummary("Read a model with its versions and aliases");
        models.MapDelete("/{name}", async (string name, ModelRegistry registry, ServedDeployments deployments) =>
        {
            deployments.RequireUnused(name, null);
            await registry.DeleteAsync(name);
            return TypedResults.NoContent();
        }).ForAdmins().WithSummary("Delete a model with all versions; refused while one is deployed");

        models.MapPost("/{name}/versions", UploadAsync)
            .ForAdmins().WithMetadata(new BodyLimit(options.MaxModelBytes)).Accepts<Stream>(Tar, Gzip)
            .WithSummary("Register the model whose folder is the tar archive in the body as the next version");
        models.MapGet("/{name}/versions/{version}", async (string name, string version, ModelRegistry registry) =>
            TypedResults.Ok(ModelVersionView.Of(await registry.GetVersionAsync(name, version))))
            .WithSummary("Read a version, by its number, by an alias or by 'latest'");
        models.MapDelete("/{name}/versions/{version:int}", async (string name, int version, ModelRegistry registry, ServedDeployments deployments) =>
        {
            deployments.RequireUnused(name, version);
            await registry.DeleteVersionAsync(name, version);
            return TypedResults.NoContent();
        }).ForAdmins().WithSummary("Delete a version; refused while it is deployed");

        models.MapPut("/{name}/aliases/{alias}", async (string name, string alias, SetAlias request, ModelRegistry registry) =>
        {
            ModelAlias row = await registry.SetAliasAsync(name, alias, request.Version);
            return TypedResults.Ok(new AliasView(row.Model, row.Alias, row.Version));
        }).ForAdmins().WithSummary("Point an alias to a version");
        models.MapDelete("/{name}/aliases/{alias}", async (string name, string alias, ModelRegistry registry) =>
        {
            await registry.DeleteAliasAsync(name, alias);
            return TypedResults.NoContent();
        }).ForAdmins().WithSummary("Delete an alias");
    }

    private static async Task<IResult> UploadAsync(string name, HttpContext context, ModelRegistry registry)
    {
        string type = context.Request.ContentType?.Split(';')[0].Trim() ?? Tar;
        if (type is not (Tar or Gzip or "application/octet-stream"))
            throw new RequestException(StatusCodes.Status415UnsupportedMediaType, $"the content type is '{type}': a model is sent as {Tar}, or compressed as {Gzip}");
        Stream body = context.Request.Body;
        await using Stream archive = type == Gzip ? new GZipStream(body, CompressionMode.Decompress) : body;
        ModelVersion version = await registry.ImportAsync(name, archive, context.RequestAborted);
        return TypedResults.Created($"/v1/registry/models/{name}/versions/{version.Version}", ModelVersionView.Of(version));
    }
}
