using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Sarsen.Data;
using Sarsen.Server.Errors;
using Sarsen.Server.Features.Inference;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;
using Sarsen.Testing;

namespace Sarsen.Server.Tests.Features.Inference;

/// <summary>Right requests, mutated: each is answered, or refused with a typed error.</summary>
public class InferFuzzTests
{
    private static readonly string[] Seeds =
    [
        """{"id":"42","inputs":[{"name":"IN","shape":[2,2],"datatype":"FP32","data":[[1,0],[3,4.5]]}],"outputs":[{"name":"p","parameters":{"classification":2}},{"name":"label"}]}""",
        """{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}],"parameters":{"binary_data_output":true}}""" + "|\0\0\u0080?\0\0\0@",
        """{"inputs":[{"data":[1,2],"name":"a","shape":[2],"datatype":"INT64"},{"name":"b","shape":[2,1],"datatype":"FP64","data":[0.5,1e3]}],"parameters":{"timeout":1000}}""",
        """{"inputs":[{"name":"a","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":7}}]}""" + "|\u0003\0\0\0abc",
        """{"inputs":[{"name":"a","shape":[2],"datatype":"BYTES","data":["x","\u00e9\n"]},{"name":"b","shape":[2],"datatype":"BOOL","data":[true,false]}]}""",
    ];

    private static readonly string[] Words =
    [
        "-1", "0", "9223372036854775807", "18446744073709551616", "1e999", "null", "true", "\"\\ud800\"", "[", "]", "{", "}", ",", ":", "\"", "\\", "[[[[[[[[[",
        "\"BYTES\"", "\"FP16\"", "\"UINT8\"", "\"INT8\"", "\"BOOL\"", "\"IN\"", "\"a\"", "\"p\"", "\"data\"", "\"shape\"", "\"binary_data_size\"", "4294967296",
    ];

    [Fact]
    public void Two_thousand_mutated_requests_end_in_answers_or_typed_errors() => Run(2_000, seed: 1);

    [SlowFact]
    public void A_hundred_thousand_mutated_requests_end_in_answers_or_typed_errors() => Run(100_000, seed: 2);

    [SlowFact]
    public async Task Three_thousand_mutated_requests_over_http_end_in_answers_or_error_objects()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        string name = await host.SharedAsync();
        var random = new Random(3);
        for (int i = 0; i < 3_000; i++)
        {
            (byte[] body, int json) = Mutate(random);
            using var content = new ByteArrayContent(body);
            if (random.Next(4) > 0)
                content.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", (random.Next(20) == 0 ? random.Next(-5, 500) : json).ToString());
            using HttpResponseMessage response = await host.Http.PostAsync($"/v2/models/{name}/infer", content);
            if (response.StatusCode == HttpStatusCode.OK)
                continue;
            // A request's own timeout may have run out.
            ((int)response.StatusCode).ShouldBeOneOf(400, 503);
            JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        }
        (await host.Http.GetAsync($"/v2/models/{name}/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static void Run(int requests, int seed)
    {
        var random = new Random(seed);
        var predictor = new TestPredictor(2, "fuzz", "1", TimeSpan.Zero);
        int answered = 0;
        for (int i = 0; i < requests; i++)
        {
            (byte[] body, int json) = Mutate(random);
            json = Math.Clamp(json, 0, body.Length);
            try
            {
                Answer(predictor, body.AsSpan(0, json), body.AsSpan(json));
                answered++;
            }
            catch (Exception e) when (e is InputException or DataException or RequestException)
            {
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"request {i} of seed {seed}: {Encoding.Latin1.GetString(body)}", e);
            }
        }
        // Mutations that change nothing that matters: the fuzz reaches the answers as well as the checks.
        answered.ShouldBeGreaterThan(requests / 100);
        answered.ShouldBeLessThan(requests);
    }

    private static void Answer(TestPredictor predictor, ReadOnlySpan<byte> json, ReadOnlySpan<byte> binary)
    {
        using InferRequest request = InferRequestReader.Read(json, binary);
        using TensorBuffers encoded = predictor.Info.NewInput(), output = predictor.Info.NewOutput();
        TensorBuffers input = InputBinding.Bind(request, predictor.Info, predictor, encoded);
        int rows = predictor.Info.CheckInput(input);
        output[0].Reshape(rows, 3);
        output[1].Reshape(rows);
        predictor.RunAsync(input, output, default).IsCompletedSuccessfully.ShouldBeTrue();
        InferResponseWriter.Write(new ArrayBufferWriter<byte>(), "fuzz", "1", request, predictor.Info, output);
    }

    private static (byte[] Body, int Json) Mutate(Random random)
    {
        string[] parts = Seeds[random.Next(Seeds.Length)].Split('|');
        var json = new StringBuilder(parts[0]);
        byte[] binary = parts.Length > 1 ? Encoding.Latin1.GetBytes(parts[1]) : [];
        for (int n = random.Next(4); n > 0; n--)
        {
            int at = random.Next(json.Length);
            switch (random.Next(5))
            {
                case 0: json[at] = (char)random.Next(256); break;
                case 1: json.Remove(at, Math.Min(random.Next(1, 8), json.Length - at)); break;
                case 2: json.Insert(at, Words[random.Next(Words.Length)]); break;
                case 3: ReplaceToken(json, at, Words[random.Next(Words.Length)]); break;
                case 4 when binary.Length > 0: binary[random.Next(binary.Length)] = (byte)random.Next(256); break;
            }
            if (json.Length == 0)
                break;
        }
        byte[] text = Encoding.Latin1.GetBytes(json.ToString());
        if (random.Next(20) == 0)
            binary = [.. binary, 1];
        return ([.. text, .. binary], random.Next(20) == 0 ? random.Next(text.Length + 1) : text.Length);
    }

    // Replaces the number or name around a place: what is still JSON gets further.
    private static void ReplaceToken(StringBuilder json, int at, string word)
    {
        int from = at, to = at;
        while (from > 0 && !"[]{}:,".Contains(json[from - 1]))
            from--;
        while (to < json.Length && !"[]{}:,".Contains(json[to]))
            to++;
        json.Remove(from, to - from).Insert(from, word);
    }
}
