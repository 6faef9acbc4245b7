using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Sarsen.Server.Features.Deployments;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Features.Inference;

/// <summary><c>POST /v2/models/{name}[/versions/{version}]/infer</c>.</summary>
internal static class InferEndpoint
{
    private const string JsonLength = "Inference-Header-Content-Length";

    // Below this a packet is sent anyway, and compressing costs more than it saves.
    private const int SmallestCompressed = 1024;

    public static async Task InferAsync(HttpContext context, string name, string? version, ServedDeployments deployments, ServerOptions options)
    {
        DeployedModel deployed = OipModels.Require(deployments, name);
        using RequestBody body = await RequestBody.ReadAsync(context, options.MaxRequestBytes);
        (ArrayBufferWriter<byte> answer, int? jsonBytes) = await deployed.UseAsync(active =>
        {
            OipModels.RequireVersion(active, version);
            return AnswerAsync(context, active, body);
        });
        await SendAsync(context, answer, jsonBytes);
    }

    private static async Task<(ArrayBufferWriter<byte> Answer, int? JsonBytes)> AnswerAsync(HttpContext context, ActiveVersion active, RequestBody body)
    {
        ReplicaSet replicas = active.Replicas;
        int length = JsonLengthOf(context.Request, body.Bytes.Length);
        bool raw = length == 0;
        using InferRequest request = raw
            ? RawRequest.Read(body.Bytes, replicas.Info)
            : InferRequestReader.Read(body.Bytes[..length], body.Bytes[length..]);
        using TensorBuffers encoded = replicas.Info.NewInput(), output = replicas.Info.NewOutput();
        foreach (RequestedOutput wanted in request.Outputs ?? [])
        {
            if (!replicas.Info.Outputs.Any(o => o.Name == wanted.Name))
                throw new InputException($"'{active.Settings.Name}' has no output '{wanted.Name}': its outputs are {string.Join(", ", replicas.Info.Outputs)}");
        }
        TensorBuffers input = InputBinding.Bind(request, replicas.Info, replicas.Rows, encoded);
        await replicas.RunAsync(input, output, context.RequestAborted, request.Timeout);
        var answer = new ArrayBufferWriter<byte>();
        string version = active.Settings.Version.ToString(CultureInfo.InvariantCulture);
        int? jsonBytes = InferResponseWriter.Write(answer, active.Settings.Name, version, request, replicas.Info, output, allBinary: raw);
        return (answer, jsonBytes);
    }

    // Without the header, the whole body is JSON; with 0, none of it.
    private static int JsonLengthOf(HttpRequest request, int bodyBytes)
    {
        if (!request.Headers.TryGetValue(JsonLength, out var header))
            return bodyBytes == 0 ? throw new InputException("the request has no body") : bodyBytes;
        return int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= bodyBytes
            ? length
            : throw new InputException($"the header {JsonLength} is '{header}': it must be the number of bytes of the JSON, from 0 to the {bodyBytes} bytes of the body");
    }

    private static async Task SendAsync(HttpContext context, ArrayBufferWriter<byte> answer, int? jsonBytes)
    {
        HttpResponse response = context.Response;
        response.ContentType = jsonBytes is null ? "application/json" : "application/octet-stream";
        if (jsonBytes is { } length)
            response.Headers[JsonLength] = length.ToString(CultureInfo.InvariantCulture);
        string? encoding = answer.WrittenCount < SmallestCompressed ? null : AcceptedEncoding.Choose(context.Request.Headers.AcceptEncoding);
        response.Headers.Vary = "Accept-Encoding";
        if (encoding is null)
        {
            response.ContentLength = answer.WrittenCount;
            await response.Body.WriteAsync(answer.WrittenMemory, context.RequestAborted);
            return;
        }
        response.Headers.ContentEncoding = encoding;
        await using Stream compressed = encoding == "gzip"
            ? new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await compressed.WriteAsync(answer.WrittenMemory, context.RequestAborted);
    }
}
