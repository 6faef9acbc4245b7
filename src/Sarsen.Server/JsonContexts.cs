using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sarsen.Server.Errors;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Health;
using Sarsen.Server.Features.Inference;
using Sarsen.Server.Features.Keys;
using Sarsen.Server.Features.Models;

namespace Sarsen.Server;

/// <summary>How each feature's records are written as JSON; a new feature's context is one more line.</summary>
internal static class JsonContexts
{
    /// <summary>Writes quotation marks and letters of all languages as they are: what is sent is JSON, never part of a page.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static void AddTo(JsonSerializerOptions options)
    {
        // The contexts' own settings hold where a context is used by itself, as by a client; these where the server reads
        // requests, and is strict: what it does not know would otherwise be passed over in silence.
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.Encoder = Encoder;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.TypeInfoResolverChain.Insert(0, HealthJson.Default);
        options.TypeInfoResolverChain.Insert(0, OipJson.Default);
        options.TypeInfoResolverChain.Insert(0, ModelJson.Default);
        options.TypeInfoResolverChain.Insert(0, DeploymentJson.Default);
        options.TypeInfoResolverChain.Insert(0, PredictJson.Default);
        options.TypeInfoResolverChain.Insert(0, KeyJson.Default);
        options.TypeInfoResolverChain.Insert(0, ErrorJson.Default);
    }
}
