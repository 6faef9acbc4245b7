using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Sarsen.Serving.Language.Store;

namespace Sarsen.Server.Features.OpenAi.ModelList;

/// <param name="Id">The name that requests use.</param>
/// <param name="Object"><c>model</c>.</param>
/// <param name="Created">When its files were written, in Unix seconds.</param>
/// <param name="OwnedBy"><c>sarsen</c>.</param>
internal sealed record ModelObject(string Id, string Object, long Created, string OwnedBy)
{
    public static ModelObject Of(ModelEntry entry) => new(entry.Name, "model", entry.WrittenUnixSeconds(), "sarsen");
}

/// <param name="Object"><c>list</c>.</param>
/// <param name="Data">By name.</param>
internal sealed record ModelObjectList(string Object, IReadOnlyList<ModelObject> Data);

[JsonSerializable(typeof(ModelObjectList))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ModelListJson : JsonSerializerContext;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal static class ModelListEndpoints
{
    public static JsonHttpResult<ModelObjectList> List(LanguageModels models) =>
        TypedResults.Json(new ModelObjectList("list", [.. models.Store.Models.Select(m => ModelObject.Of(m.Entry))]), ModelListJson.Default.ModelObjectList);

    public static JsonHttpResult<ModelObject> Get(string id, LanguageModels models) =>
        TypedResults.Json(ModelObject.Of(models.Store.Find(id) ?? throw models.NotFound(id)), ModelListJson.Default.ModelObject);
}
