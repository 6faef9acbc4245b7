using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sarsen.Data.Sources;
using Sarsen.Data.Tables;
using Sarsen.Testing;
using Sarsen.Training.Spec;

namespace Sarsen.Tests.Serving;

/// <summary>The Open Inference Protocol on the digits model, against what <c>sarsen predict</c> says of the same pictures.</summary>
[Collection(TrainedModels.Collection)]
public class OpenInferenceTests(TrainedModels models, ServedDigits served) : IClassFixture<ServedDigits>
{
    private const int Rows = 64, Pixels = 64, Classes = 10;

    // (Rows, Pixels), as the first step of the pipeline gets them.
    private static readonly long[][] s_digits = Digits();

    [Fact]
    public async Task Tensors_in_json_in_bytes_and_packed_give_the_bits_that_predict_gives()
    {
        float[] expected = Predicted(s_digits);
        using HttpClient http = served.NewHttp();
        string shape = await InputShapeAsync(http);
        string[] values = [.. s_digits.SelectMany(d => d).Select(p => (p / 16f).ToString("R", CultureInfo.InvariantCulture))];

        string json = $$"""{"inputs": [{"name": "input", "datatype": "FP32", "shape": [{{Rows}}{{shape}}], "data": [{{string.Join(',', values)}}]}]}""";
        (await InferJsonAsync(http, new StringContent(json))).ShouldBe(expected);
        (await InferJsonAsync(http, Packed(Encoding.UTF8.GetBytes(json)))).ShouldBe(expected);
        (await InferBinaryAsync(http, shape, s_digits, packed: false)).ShouldBe(expected);
        (await InferBinaryAsync(http, shape, s_digits, packed: true)).ShouldBe(expected);
    }

    [Fact]
    public async Task Requests_of_a_row_are_batched_and_each_answer_is_its_own()
    {
        float[] expected = Predicted(s_digits);
        using HttpClient http = served.NewHttp();
        string shape = await InputShapeAsync(http);
        (double rowsBefore, double runsBefore) = await CountsAsync(http);
        const int Rounds = 4;
        for (int round = 0; round < Rounds; round++)
        {
            float[][] answers = await Task.WhenAll(s_digits.Select(digit => InferBinaryAsync(http, shape, [digit], packed: false)));
            answers.SelectMany(a => a).ShouldBe(expected);
        }
        (double rows, double runs) = await CountsAsync(http);
        (rows - rowsBefore).ShouldBe(Rounds * Rows);
        ((rows - rowsBefore) / (runs - runsBefore)).ShouldBeGreaterThanOrEqualTo(8);
    }

    [Fact]
    public async Task Metrics_hold_service_quality_and_quantiles_for_each_deployment()
    {
        using HttpClient http = served.NewHttp();
        await InferBinaryAsync(http, await InputShapeAsync(http), s_digits[..1], packed: false);
        string text = await http.GetStringAsync("metrics");
        foreach (string deployment in new[] { "digits-cnn", "fruit" })
        {
            text.ShouldMatch($"(?m)^sarsen_deployment_service_quality{{deployment=\"{deployment}\"");
            foreach (string quantile in new[] { "0.5", "0.95", "0.99" })
                text.ShouldMatch($"(?m)^sarsen_deployment_latency_seconds{{deployment=\"{deployment}\".*quantile=\"{quantile}\"}}");
        }
        // Mean seconds a request T over one replica: S = 1/T.
        double seconds = Sample(text, "sarsen_deployment_latency_seconds_sum"), requests = Sample(text, "sarsen_deployment_latency_seconds_count");
        Sample(text, "sarsen_deployment_service_quality").ShouldBe(requests / seconds, requests / seconds * 1e-6);
    }

    [PromtoolFact]
    public async Task Metrics_pass_the_linter_of_Prometheus()
    {
        using HttpClient http = served.NewHttp();
        string text = await http.GetStringAsync("metrics");
        var start = new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using Process promtool = Process.Start(start)!;
        await promtool.StandardInput.WriteAsync(text);
        promtool.StandardInput.Close();
        string said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        promtool.ExitCode.ShouldBe(0, said);
        said.ShouldBeEmpty();
    }

    private static long[][] Digits()
    {
        RunSpec spec = RunSpec.Load(Repository.PathOf("samples", "digits-cnn.yaml"));
        RowBlock block = spec.Data.Source.Open(new SourceContext()).Read(default).First();
        return [.. Enumerable.Range(0, Rows).Select(r => block.Columns.Take(Pixels).Select(c => ((Column<long>)c).Values[r]).ToArray())];
    }

    // What the command says, (Rows, Classes).
    private float[] Predicted(long[][] digits)
    {
        File.WriteAllLines(models.In("pixels.csv"), digits.Select(d => string.Join(',', d)));
        return [.. models.Run("predict", "runs/digits-cnn", "--data", "pixels.csv").ShouldSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(line => JsonDocument.Parse(line).RootElement.GetProperty("probabilities").EnumerateObject().Select(p => p.Value.GetSingle()))];
    }

    // The sizes after the batch's, each behind a comma.
    private static async Task<string> InputShapeAsync(HttpClient http)
    {
        JsonElement metadata = JsonDocument.Parse(await http.GetStringAsync("v2/models/digits-cnn")).RootElement;
        return string.Concat(metadata.GetProperty("inputs")[0].GetProperty("shape").EnumerateArray().Skip(1).Select(s => $", {s.GetInt64()}"));
    }

    private static async Task<float[]> InferJsonAsync(HttpClient http, HttpContent content)
    {
        using HttpResponseMessage response = await http.PostAsync("v2/models/digits-cnn/infer", content);
        string text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(v => v.GetSingle())];
    }

    private static async Task<float[]> InferBinaryAsync(HttpClient http, string shape, long[][] digits, bool packed)
    {
        byte[] tensor = [.. digits.SelectMany(d => d).SelectMany(p => BitConverter.GetBytes(p / 16f))];
        string header = $$"""{"inputs": [{"name": "input", "datatype": "FP32", "shape": [{{digits.Length}}{{shape}}], "parameters": {"binary_data_size": {{tensor.Length}} } } ], "parameters": {"binary_data_output": true} }""";
        byte[] json = Encoding.UTF8.GetBytes(header);
        HttpContent content = packed ? Packed([.. json, .. tensor]) : new ByteArrayContent([.. json, .. tensor]);
        content.Headers.Add("Inference-Header-Content-Length", json.Length.ToString(CultureInfo.InvariantCulture));
        using HttpResponseMessage response = await http.PostAsync("v2/models/digits-cnn/infer", content);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(Encoding.UTF8.GetString(body));
        int length = int.Parse(response.Headers.Concat(response.Content.Headers).Single(h => h.Key.Equals("Inference-Header-Content-Length", StringComparison.OrdinalIgnoreCase)).Value.Single(), CultureInfo.InvariantCulture);
        var values = new float[digits.Length * Classes];
        (body.Length - length).ShouldBe(values.Length * sizeof(float));
        Buffer.BlockCopy(body, length, values, 0, body.Length - length);
        return values;
    }

    private static ByteArrayContent Packed(byte[] body)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body);
        return new ByteArrayContent(packed.ToArray()) { Headers = { ContentEncoding = { "gzip" } } };
    }

    private static async Task<(double Rows, double Runs)> CountsAsync(HttpClient http)
    {
        string text = await http.GetStringAsync("metrics");
        return (Sample(text, "sarsen_deployment_rows_total"), Sample(text, "sarsen_deployment_executions_total"));
    }

    private static double Sample(string text, string name) =>
        double.Parse(Regex.Match(text, $"(?m)^{name}{{deployment=\"digits-cnn\"[^}}]*}} (\\S+)$").Groups[1].Value, CultureInfo.InvariantCulture);
}

/// <summary>A fact that needs Prometheus' linter.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        if (!File.Exists("/usr/bin/promtool"))
            Skip = "needs promtool: apt-get install prometheus";
    }
}
