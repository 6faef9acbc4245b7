using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;
using Sarsen.Server.Errors;

namespace Sarsen.Server.Features.Deployments;

/// <param name="Rows">One object a row: field names and raw values.</param>
public sealed record PredictRequest(IReadOnlyList<Dictionary<string, JsonElement>> Rows);

/// <param name="Name">The deployment.</param>
/// <param name="Version">The model's version that answered.</param>
/// <param name="Predictions">One a sample, in order.</param>
public sealed record PredictResponse(string Name, int Version, IReadOnlyList<PredictionView> Predictions);

/// <summary>Either class and probabilities, or values. A number that is none (NaN, infinity) is null.</summary>
/// <param name="Class">The most probable class.</param>
/// <param name="Probability">Its probability.</param>
/// <param name="Probabilities">Every class's.</param>
/// <param name="Values">Predicted values by name.</param>
public sealed record PredictionView(string? Class, double? Probability, IReadOnlyDictionary<string, double?>? Probabilities, IReadOnlyDictionary<string, double?>? Values);

[JsonSerializable(typeof(PredictRequest))]
[JsonSerializable(typeof(PredictResponse))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class PredictJson : JsonSerializerContext;

/// <summary><c>POST /v1/deployments/{name}/predict</c>: <c>{"rows": [{…}]}</c> to <c>{"predictions": [{…}]}</c>.</summary>
internal static class PredictEndpoint
{
    public static async Task<IResult> PredictAsync(string name, HttpContext context, ServedDeployments deployments)
    {
        DeployedModel deployed = deployments.Require(name);
        using JsonDocument body = await ParseAsync(context);
        JsonElement rows = RowsOf(body.RootElement);
        return await deployed.UseAsync(async active =>
        {
            ReplicaSet replicas = active.Replicas;
            if (replicas.Rows is not { } encoder)
                throw RequestException.Invalid($"'{name}' takes tensors, not rows: send them to /v2/models/{name}/infer");
            using TensorBuffers input = replicas.Info.NewInput(), output = replicas.Info.NewOutput();
            encoder.Encode(rows, input);
            await replicas.RunAsync(input, output, context.RequestAborted);
            return (IResult)new Answer(active, Read(replicas.Info, output));
        });
    }

    private static IReadOnlyList<Prediction> Read(PredictorInfo info, TensorBuffers output)
    {
        try
        {
            return Prediction.Read(info, output);
        }
        catch (NotSupportedException e)
        {
            throw RequestException.Invalid(e.Message, e);
        }
    }

    private static async Task<JsonDocument> ParseAsync(HttpContext context)
    {
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = 64 }, context.RequestAborted);
        }
        catch (JsonException e)
        {
            throw RequestException.Invalid($"the body is no JSON: {e.Message}", e);
        }
    }

    private static JsonElement RowsOf(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("rows", out JsonElement rows) || rows.ValueKind != JsonValueKind.Array)
            throw RequestException.Invalid("""the body must be an object with the array 'rows': {"rows": [{"field": value, …}, …]}""");
        if (rows.GetArrayLength() == 0)
            throw RequestException.Invalid("'rows' is empty: at least one row is needed");
        int index = 0;
        foreach (JsonElement row in rows.EnumerateArray())
        {
            if (row.ValueKind != JsonValueKind.Object)
                throw RequestException.Invalid($"row {index} is not an object of field names and values");
            index++;
        }
        return rows;
    }

    private sealed class Answer(ActiveVersion active, IReadOnlyList<Prediction> predictions) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
            json.WriteStartObject();
            json.WriteString("name", active.Settings.Name);
            json.WriteNumber("version", active.Settings.Version);
            json.WriteStartArray("predictions");
            foreach (Prediction prediction in predictions)
                PredictionJson.Write(json, prediction);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
