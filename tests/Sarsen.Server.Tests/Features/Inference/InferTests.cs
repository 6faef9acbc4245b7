using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Sarsen.Server.Tests.Features.Inference;

/// <summary>The Open Inference Protocol over a socket, byte for byte where clients count bytes.</summary>
public class InferTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private string _name = "";

    public async Task InitializeAsync() => _name = await host.SharedAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Metadata_is_as_the_protocol_says()
    {
        (int status, JsonElement server) = await host.SendAsync(HttpMethod.Get, "/v2");
        status.ShouldBe(200);
        server.GetProperty("name").GetString().ShouldBe("sarsen");
        server.GetProperty("version").GetString().ShouldBe(SarsenServer.Version);
        server.GetProperty("extensions").EnumerateArray().Select(e => e.GetString()).ShouldBe(["binary_tensor_data", "classification", "statistics"]);
        (await host.SendAsync(HttpMethod.Get, "/v2/")).Status.ShouldBe(200);

        string expected = $$"""
            {"name":"{{_name}}","versions":["1"],"platform":"sarsen_test","inputs":[{"name":"IN","datatype":"FP32","shape":[-1,2]}],"outputs":[{"name":"p","datatype":"FP32","shape":[-1,3]},{"name":"label","datatype":"BYTES","shape":[-1]}]}
            """;
        (await host.Http.GetStringAsync($"/v2/models/{_name}")).ShouldBe(expected);
        (await host.Http.GetStringAsync($"/v2/models/{_name}/versions/1")).ShouldBe(expected);
    }

    [Fact]
    public async Task Health_is_as_the_protocol_says()
    {
        (await host.Http.GetStringAsync("/v2/health/live")).ShouldBe("""{"live":true}""");
        (await host.Http.GetStringAsync("/v2/health/ready")).ShouldBe("""{"ready":true}""");
        (await host.Http.GetStringAsync($"/v2/models/{_name}/ready")).ShouldBe($$"""{"name":"{{_name}}","ready":true}""");
        (await host.Http.GetStringAsync($"/v2/models/{_name}/versions/1/ready")).ShouldBe($$"""{"name":"{{_name}}","ready":true}""");
    }

    [Theory]
    [InlineData("[1,0,3,4]")]
    [InlineData("[[1,0],[3,4]]")]
    [InlineData("[[1.0,-0.0],[3e0,0.4E1]]")]
    public async Task Json_tensors_flat_or_nested(string data)
    {
        (int status, JsonElement body) = await InferAsync($$"""{"id":"42","inputs":[{"data":{{data}},"name":"IN","datatype":"FP32","shape":[2,2]}]}""");
        status.ShouldBe(200);
        body.GetProperty("model_name").GetString().ShouldBe(_name);
        body.GetProperty("model_version").GetString().ShouldBe("1");
        body.GetProperty("id").GetString().ShouldBe("42");
        JsonElement[] outputs = [.. body.GetProperty("outputs").EnumerateArray()];
        outputs.Select(o => o.GetProperty("name").GetString()).ShouldBe(["p", "label"]);
        outputs[0].GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()).ShouldBe([2, 3]);
        outputs[0].GetProperty("data").EnumerateArray().Select(v => v.GetSingle()).ShouldBe([.. TestPredictor.Share(1, 0, 2), .. TestPredictor.Share(3, 4, 2)]);
        outputs[1].GetProperty("datatype").GetString().ShouldBe("BYTES");
        outputs[1].GetProperty("data").EnumerateArray().Select(v => v.GetString()).ShouldBe(["red", "red"]);
    }

    // The request that NVIDIA's Python client was seen to send: 135 bytes of JSON and 8 raw ones, no content type, lower-case headers.
    [Fact]
    public async Task The_golden_binary_request_is_answered_in_binary()
    {
        const string Json = """{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}],"parameters":{"binary_data_output":true}}""";
        Json.Length.ShouldBe(135);
        byte[] request = [.. Encoding.ASCII.GetBytes(Json), .. Floats(1, 0)];
        request.Length.ShouldBe(143);
        string head = $"POST /v2/models/{_name}/infer HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {host.AdminKey}\r\ninference-header-content-length: 135\r\ncontent-length: 143\r\nconnection: close\r\n\r\n";
        byte[] answer = await host.ExchangeAsync([.. Encoding.ASCII.GetBytes(head), .. request]);
        int end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        string headers = Encoding.ASCII.GetString(answer.AsSpan(0, end));
        headers.ShouldStartWith("HTTP/1.1 200 OK");
        headers.ShouldContain("Content-Type: application/octet-stream");
        string json = $$$"""
            {"model_name":"{{{_name}}}","model_version":"1","outputs":[{"name":"p","datatype":"FP32","shape":[1,3],"parameters":{"binary_data_size":12}},{"name":"label","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":7}}]}
            """;
        headers.ShouldContain($"Inference-Header-Content-Length: {json.Length}");
        byte[] expected = [.. Encoding.ASCII.GetBytes(json), .. Floats(TestPredictor.Share(1, 0, 2)), 3, 0, 0, 0, .. "red"u8];
        answer.AsSpan(end + 4).ToArray().ShouldBe(expected);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Compressed_requests_and_answers(string encoding)
    {
        const int Rows = 400;
        string json = $$$$"""{"inputs":[{"name":"IN","shape":[{{{{Rows}}}},2],"datatype":"FP32","parameters":{"binary_data_size":{{{{Rows * 8}}}}}}],"outputs":[{"name":"p","parameters":{"binary_data":true}}]}""";
        float[] values = [.. Enumerable.Range(0, Rows * 2).Select(i => (float)i)];
        using var compressed = new MemoryStream();
        using (Stream to = encoding == "gzip" ? new GZipStream(compressed, CompressionLevel.Fastest, true) : new ZLibStream(compressed, CompressionLevel.Fastest, true))
            to.Write([.. Encoding.ASCII.GetBytes(json), .. Floats(values)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v2/models/{_name}/infer") { Content = new ByteArrayContent(compressed.ToArray()) };
        request.Content.Headers.ContentEncoding.Add(encoding);
        // The length is that of the JSON before compression.
        request.Headers.Add("Inference-Header-Content-Length", json.Length.ToString());
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
        using HttpResponseMessage response = await host.Http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentEncoding.ShouldBe([encoding]);
        using Stream raw = await response.Content.ReadAsStreamAsync();
        using Stream plain = encoding == "gzip" ? new GZipStream(raw, CompressionMode.Decompress) : new ZLibStream(raw, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        await plain.CopyToAsync(bytes);
        int length = int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single());
        JsonDocument.Parse(bytes.ToArray().AsMemory(0, length)).RootElement.GetProperty("outputs")[0].GetProperty("parameters").GetProperty("binary_data_size").GetInt32().ShouldBe(Rows * 12);
        bytes.ToArray()[length..].ShouldBe(Floats([.. values.Chunk(2).SelectMany(v => TestPredictor.Share(v[0], v[1], 2))]));
    }

    [Fact]
    public async Task A_body_without_json_is_one_sample_and_is_answered_in_binary()
    {
        using var content = new ByteArrayContent(Floats(1, 0));
        content.Headers.Add("Inference-Header-Content-Length", "0");
        using HttpResponseMessage response = await host.Http.PostAsync($"/v2/models/{_name}/infer", content);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync();
        int length = int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single());
        bytes[length..(length + 12)].ShouldBe(Floats(TestPredictor.Share(1, 0, 2)));
    }

    [Fact]
    public async Task Outputs_are_those_that_were_asked_for_in_their_order_each_in_its_form()
    {
        using HttpResponseMessage response = await host.Http.PostAsync($"/v2/models/{_name}/infer", new StringContent(
            """{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"outputs":[{"name":"label"},{"name":"p","parameters":{"binary_data":true}}]}"""));
        byte[] bytes = await response.Content.ReadAsByteArrayAsync();
        int length = int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single());
        JsonElement outputs = JsonDocument.Parse(bytes.AsMemory(0, length)).RootElement.GetProperty("outputs");
        outputs[0].GetProperty("data")[0].GetString().ShouldBe("red");
        outputs[1].TryGetProperty("data", out _).ShouldBeFalse();
        bytes[length..].ShouldBe(Floats(TestPredictor.Share(1, 0, 2)));
        (_, JsonElement one) = await InferAsync("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"outputs":[{"name":"label"}]}""");
        one.GetProperty("outputs").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task The_most_probable_classes_come_as_texts()
    {
        (int status, JsonElement body) = await InferAsync(
            """{"inputs":[{"name":"IN","shape":[2,2],"datatype":"FP32","data":[3,4,0,0]}],"outputs":[{"name":"p","parameters":{"classification":2}}]}""");
        status.ShouldBe(200);
        JsonElement output = body.GetProperty("outputs")[0];
        output.GetProperty("datatype").GetString().ShouldBe("BYTES");
        output.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()).ShouldBe([2, 2]);
        // 6/11, 4/11, 1/11 as the nearest 32-bit numbers.
        output.GetProperty("data").EnumerateArray().Select(d => d.GetString()).ShouldBe(["0.54545456:0:red", "0.36363637:1:green", "1:2:blue", "0:0:red"]);
    }

    [Fact]
    public async Task Rows_come_as_inputs_named_after_their_fields()
    {
        (int status, JsonElement body) = await InferAsync(
            """{"inputs":[{"name":"b","shape":[2],"datatype":"INT32","data":[0,4]},{"name":"a","shape":[2,1],"datatype":"FP64","data":[[1],[3]]}],"outputs":[{"name":"p"}]}""");
        status.ShouldBe(200);
        body.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(v => v.GetSingle()).ShouldBe([.. TestPredictor.Share(1, 0, 2), .. TestPredictor.Share(3, 4, 2)]);
        // A text where a number belongs is the preprocessing's to refuse.
        (status, body) = await InferAsync("""{"inputs":[{"name":"a","shape":[1],"datatype":"BYTES","data":["x"]}]}""");
        status.ShouldBe(400);
        body.GetProperty("error").GetString()!.ShouldContain("field 'a' must be a number");
    }

    [Fact]
    public async Task Nan_has_no_json_and_comes_in_binary()
    {
        const string Input = """{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[-1,1]}]""";
        (int status, JsonElement body) = await InferAsync(Input + "}");
        (status, body.GetProperty("error").GetString()!.Contains("in binary")).ShouldBe((400, true));
        using HttpResponseMessage response = await host.Http.PostAsync($"/v2/models/{_name}/infer", new StringContent(Input + ""","parameters":{"binary_data_output":true}}"""));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Statistics_count_what_was_done()
    {
        string name = await host.DeployAsync();
        for (int i = 0; i < 3; i++)
            await host.SendAsync(HttpMethod.Post, $"/v2/models/{name}/infer", """{"inputs":[{"name":"IN","shape":[2,2],"datatype":"FP32","data":[1,2,3,4]}]}""");
        (int status, JsonElement body) = await host.SendAsync(HttpMethod.Get, $"/v2/models/{name}/stats");
        status.ShouldBe(200);
        JsonElement stats = body.GetProperty("model_stats")[0];
        (stats.GetProperty("name").GetString(), stats.GetProperty("version").GetString()).ShouldBe((name, "1"));
        (stats.GetProperty("inference_count").GetInt64(), stats.GetProperty("execution_count").GetInt64()).ShouldBe((6, 3));
        stats.GetProperty("inference_stats").GetProperty("success").GetProperty("count").GetInt64().ShouldBe(3);
        stats.GetProperty("inference_stats").GetProperty("compute_infer").GetProperty("ns").GetInt64().ShouldBeGreaterThan(0);
        stats.GetProperty("batch_stats")[0].GetProperty("batch_size").GetInt32().ShouldBe(2);
        (await host.SendAsync(HttpMethod.Get, "/v2/models/stats")).Body.GetProperty("model_stats").EnumerateArray().Select(s => s.GetProperty("name").GetString()).ShouldContain(name);
    }

    private Task<(int Status, JsonElement Body)> InferAsync(string json) => host.SendAsync(HttpMethod.Post, $"/v2/models/{_name}/infer", json);

    private static byte[] Floats(params float[] values)
    {
        byte[] bytes = new byte[values.Length * 4];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * 4), values[i]);
        return bytes;
    }
}
