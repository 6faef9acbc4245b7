using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Sarsen.Server.Errors;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;

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
    public static async Task<IResult> PredictAsync(string name, HttpContext context, ServedDeployments deployments, ServerOptions options)
    {
        DeployedModel deployed = deployments.Require(name);
        using RequestBody body = await RequestBody.ReadAsync(context, options.MaxRequestBytes);
        using JsonDocument document = Parse(body.Memory);
        JsonElement rows = RowsOf(document.RootElement);
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

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        JsonDocument? document = null;
        try
        {
            if (!Utf8.IsValid(body.Span))
                throw RequestException.Invalid("the body is not valid UTF-8");
            document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            // Half of a surrogate pair is JSON, but no text: readers would throw wherever they meet it.
            if (body.Span.IndexOf("\\u"u8) >= 0)
                JsonTexts.Check(document.RootElement);
            return document;
        }
        catch (JsonException e)
        {
            throw RequestException.Invalid($"the body is no JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            document?.Dispose();
            throw RequestException.Invalid($"the body holds a text that is not valid UTF-8: {e.Message}", e);
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
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, new JsonWriterOptions { Encoder = JsonContexts.Encoder });
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
