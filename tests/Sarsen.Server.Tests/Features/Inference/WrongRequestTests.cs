using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Sarsen.Server.Tests.Features.Inference;

/// <summary>Every wrong request is answered with 4xx and the protocol's error object, and the next right one is answered.</summary>
public sealed class WrongRequestTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private const string Right = """{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}]}""";

    private string _name = "";

    public async Task InitializeAsync() => _name = await host.SharedAsync();

    public async Task DisposeAsync() => (await host.SendAsync(HttpMethod.Post, $"/v2/models/{_name}/infer", Right)).Status.ShouldBe(200);

    [Theory]
    [InlineData("", "no body")]
    [InlineData("{", "no JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("7", "must be an object")]
    [InlineData("{}", "no inputs")]
    [InlineData("""{"inputs":[]}""", "no inputs")]
    [InlineData("""{"inputs":{}}""", "must be an array")]
    [InlineData("""{"inputs":[7]}""", "must be an object")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}]} x""", "no JSON")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"inputs":[]}""", "twice")]
    [InlineData("""{"id":7,"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}]}""", "'id'")]
    [InlineData("""{"inputs":[{"shape":[1,2],"datatype":"FP32","data":[1,0]}]}""", "must have 'name'")]
    [InlineData("""{"inputs":[{"name":"IN","datatype":"FP32","data":[1,0]}]}""", "'shape'")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"data":[1,0]}]}""", "'datatype'")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"fp32","data":[1,0]}]}""", "'fp32'")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32"}]}""", "either 'data' or")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0],"parameters":{"binary_data_size":8}}]}""", "either 'data' or")]
    [InlineData("""{"inputs":[{"name":"OTHER","shape":[1,2],"datatype":"FP32","data":[1,0]}]}""", "not those of")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP64","data":[1,0]}]}""", "FP64")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,3],"datatype":"FP32","data":[1,0,2]}]}""", "[1,3]")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[2],"datatype":"FP32","data":[1,0]}]}""", "[2]")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[0,2],"datatype":"FP32","data":[]}]}""", "0 samples")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[-1,2],"datatype":"FP32","data":[1,0]}]}""", "dimension 0")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1.5,2],"datatype":"FP32","data":[1,0]}]}""", "dimension 0")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[9223372036854775807,2],"datatype":"FP32","data":[1,0]}]}""", "more than")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[4294967296,4294967296],"datatype":"FP32","data":[1,0]}]}""", "more than")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[9223372036854775808,2],"datatype":"FP32","data":[1,0]}]}""", "dimension 0")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[500000000,1],"datatype":"FP32","data":[1,0]}]}""", "too few elements")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,1,1,1,1,1,1,1,1],"datatype":"FP32","data":[1]}]}""", "more than 8 dimensions")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1]}]}""", "2 elements")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0,0]}]}""", "2 elements")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[2,2],"datatype":"FP32","data":[[1,0,0],[1]]}]}""", "nested as shape")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[2,2],"datatype":"FP32","data":[[1,0],1,0]}]}""", "nested as shape")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[2,2],"datatype":"FP32","data":[1,0,[1,0]]}]}""", "nested as shape")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[[[1,0]]]}]}""", "nested as shape")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":777777}]}""", "must be an array")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,"NaN"]}]}""", "in binary")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,NaN]}]}""", "no JSON")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,1e39]}]}""", "1e39")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,null]}]}""", "null")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,true]}]}""", "true")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,{}]}]}""", "an object")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1],"datatype":"UINT8","data":[256]}]}""", "0 to 255")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1],"datatype":"INT8","data":[1.0]}]}""", "found 1.0")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1],"datatype":"BOOL","data":[1]}]}""", "true or false")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1],"datatype":"FP16","data":[1]}]}""", "in binary")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1],"datatype":"BYTES","data":["\ud800"]}]}""", "UTF-8")]
    [InlineData("""{"inputs":[{"name":"\ud800","shape":[1],"datatype":"BYTES","data":["x"]}]}""", "UTF-8")]
    [InlineData("""{"inputs":[{"name":"a","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[1],"datatype":"FP32","data":[1]}]}""", "same for all")]
    [InlineData("""{"inputs":[{"name":"a","shape":[],"datatype":"FP32","data":[1]}]}""", "number of rows")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]},{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}]}""", "two inputs")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"outputs":[{"name":"q"}]}""", "no output 'q'")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"outputs":[{"name":"p"},{"name":"p"}]}""", "twice")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"outputs":[{}]}""", "must have a name")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"outputs":[{"name":"p","parameters":{"classification":-1}}]}""", "classification")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"outputs":[{"name":"label","parameters":{"classification":1}}]}""", "cannot be ranked")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"outputs":[{"name":"p","parameters":{"binary_data":1}}]}""", "binary_data")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"outputs":[{"name":"p","parameters":{"shared_memory_region":"x"}}]}""", "shared memory")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","parameters":{"shared_memory_region":"x"}}]}""", "shared memory")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}""", "8 bytes")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":-1}}]}""", "binary_data_size")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"parameters":{"sequence_id":7}}""", "sequence")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"parameters":{"priority":7}}""", "priority")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"parameters":{"mine":{}}}""", "'mine'")]
    [InlineData("""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,0]}],"parameters":[]}""", "must be an object")]
    public async Task Wrong_json(string json, string part)
    {
        (int status, JsonElement body) = await host.SendAsync(HttpMethod.Post, $"/v2/models/{_name}/infer", json);
        status.ShouldBe(400);
        body.EnumerateObject().Select(p => p.Name).ShouldBe(["error"]);
        body.GetProperty("error").GetString()!.ShouldContain(part);
    }

    [Theory]
    [InlineData("77", 8, "no JSON")]
    [InlineData("-1", 8, "must be the number")]
    [InlineData("2147483648", 8, "must be the number")]
    [InlineData("99999999999999999999", 8, "must be the number")]
    [InlineData("abc", 8, "must be the number")]
    [InlineData("1000", 8, "must be the number")]
    [InlineData("exact", 7, "8 bytes, 7 are left")]
    [InlineData("exact", 9, "1 bytes follow")]
    [InlineData("0", 8, "expected 8")]
    public async Task Wrong_lengths(string header, int rawBytes, string part)
    {
        string json = """{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}""";
        using var content = new ByteArrayContent([.. Encoding.ASCII.GetBytes(json), .. new byte[rawBytes]]);
        content.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", header == "exact" ? json.Length.ToString() : header);
        using HttpResponseMessage response = await host.Http.PostAsync($"/v2/models/{_name}/infer", content);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        string error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString()!;
        error.ShouldContain(part);
    }

    [Theory]
    [InlineData("BOOL", 2, "2", "neither 0 nor 1")]
    [InlineData("FP32", 2, "1,2,3,4", "expected 8")]
    [InlineData("BYTES", 1, "9,0,0,0,65", "1 elements")]
    [InlineData("BYTES", 1000000000, "0,0,0,0", "1000000000 elements")]
    [InlineData("BYTES", 1, "255,255,255,255", "1 elements")]
    public async Task Wrong_binary(string type, int elements, string bytes, string part)
    {
        byte[] raw = [.. bytes.Split(',').Select(byte.Parse)];
        if (type == "BOOL")
            raw = [.. raw, 1];
        string json = $$$$"""{"inputs":[{"name":"a","shape":[{{{{elements}}}}],"datatype":"{{{{type}}}}","parameters":{"binary_data_size":{{{{raw.Length}}}}}}]}""";
        using var content = new ByteArrayContent([.. Encoding.ASCII.GetBytes(json), .. raw]);
        content.Headers.Add("Inference-Header-Content-Length", json.Length.ToString());
        using HttpResponseMessage response = await host.Http.PostAsync($"/v2/models/{_name}/infer", content);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain(part);
    }

    [Theory]
    [InlineData("GET", "/v2/models/none", 404)]
    [InlineData("GET", "/v2/models/none/ready", 404)]
    [InlineData("POST", "/v2/models/none/infer", 404)]
    [InlineData("GET", "/v2/models/NAME/versions/2", 404)]
    [InlineData("GET", "/v2/models/NAME/versions/one", 400)]
    [InlineData("POST", "/v2/models/NAME/versions/99999999999999999999/infer", 404)]
    [InlineData("GET", "/v2/models/NAME/infer", 405)]
    [InlineData("POST", "/v2/models/NAME", 405)]
    [InlineData("POST", "/v2/repository/index", 404)]
    [InlineData("GET", "/v2/nothing", 404)]
    public async Task Wrong_paths_and_verbs(string verb, string path, int expected)
    {
        (int status, JsonElement body) = await host.SendAsync(new HttpMethod(verb), path.Replace("NAME", _name), verb == "POST" ? Right : null);
        status.ShouldBe(expected);
        body.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Nesting_without_end_is_refused()
    {
        string deep = new string('[', 100_000) + new string(']', 100_000);
        (int status, JsonElement body) = await host.SendAsync(HttpMethod.Post, $"/v2/models/{_name}/infer", $$"""{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":{{deep}}}]}""");
        (status, body.GetProperty("error").GetString()!.Contains("deeper than 100")).ShouldBe((400, true));
    }

    [Theory]
    [InlineData("gzip", 400)]
    [InlineData("deflate", 400)]
    [InlineData("br", 415)]
    [InlineData("zstd", 415)]
    public async Task Bodies_that_are_not_compressed_as_they_say_are_refused(string encoding, int expected)
    {
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(Right));
        content.Headers.ContentEncoding.Add(encoding);
        using HttpResponseMessage response = await host.Http.PostAsync($"/v2/models/{_name}/infer", content);
        ((int)response.StatusCode).ShouldBe(expected);
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Bodies_beyond_the_limit_are_refused_also_when_they_are_small_before_decompression()
    {
        await using var small = new TestHost { Configure = o => o with { MaxRequestBytes = 10_000 } };
        await small.StartAsync();
        string name = await small.DeployAsync();
        string large = Right + new string(' ', 20_000);
        (await small.SendAsync(HttpMethod.Post, $"/v2/models/{name}/infer", large)).Status.ShouldBe(413);
        using var compressed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionLevel.Optimal, true))
            gzip.Write(Encoding.ASCII.GetBytes(large));
        using var content = new ByteArrayContent(compressed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage response = await small.Http.PostAsync($"/v2/models/{name}/infer", content);
        ((int)response.StatusCode).ShouldBe(413);
        (await small.SendAsync(HttpMethod.Post, $"/v2/models/{name}/infer", Right)).Status.ShouldBe(200);
    }
}
