using System.Text.Json;
using Sarsen.Testing;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class BenchTests(TrainedModels models)
{
    private const string Model = "models/tinystories-656k";

    private static readonly string[] s_short = ["--prompt", "40", "--generate", "6", "--clients", "1,3", "--rounds", "2"];

    private static string PathOf(string type) => Path.Combine(TestData.PathOf(Model), $"tinystories-656k-{type}.gguf");

    [DataFact(Model)]
    public void Each_row_is_a_line_of_json_with_what_was_measured()
    {
        string output = models.Run(["bench", "llm", PathOf("q8_0"), .. s_short, "--threads", "1", "--json"]).ShouldSucceed().Output;
        JsonElement[] rows = [.. output.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        rows.Select(r => r.GetProperty("case").GetString()).ShouldBe(["prefill", "decode", "server", "server", "memory"]);
        foreach (JsonElement row in rows)
            (row.GetProperty("threads").GetInt32(), row.GetProperty("kv").GetString()).ShouldBe((1, "f16"));
        foreach (JsonElement row in rows[..4])
        {
            row.GetProperty("tokens_per_second").GetDouble().ShouldBeGreaterThan(0);
            row.GetProperty("spread").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        }
        rows[2..4].Select(r => r.GetProperty("clients").GetInt32()).ShouldBe([1, 3]);
        foreach (JsonElement row in rows[2..4])
            row.GetProperty("first_token_p95_ms").GetDouble().ShouldBeGreaterThanOrEqualTo(row.GetProperty("first_token_p50_ms").GetDouble());
        // Two layers, four heads of 16 elements, keys and values, two bytes each.
        rows[4].GetProperty("cache_bytes_per_token").GetInt64().ShouldBe(2 * 4 * 16 * 2 * 2);
        rows[4].GetProperty("weight_bytes").GetInt64().ShouldBeInRange(690_000, 720_000);
    }

    [DataFact(Model)]
    public void A_person_gets_a_table()
    {
        string output = models.Run(["bench", "llm", TestData.PathOf(Model), .. s_short, "--kv", "f32"]).ShouldSucceed().Output;
        foreach (string words in new[] { "tokens/s", "a prompt of 40", "6 behind one token", "1 client, 40 + 6", "3 clients, 40 + 6 each", "keys and values in f32, medians of 2 rounds", "1.0 KiB of cache a token" })
            output.ShouldContain(words);
    }

    [DataTheory(Model)]
    [InlineData("", "a prompt of 512 and an answer of 128 tokens are longer than the model's context of 512: give less with --prompt or --generate")]
    [InlineData("--prompt 0", "--prompt takes a number from 1; found 0")]
    [InlineData("--clients 1,x", "--clients takes numbers from 1 to 256, such as 1,4,8, or 0; found '1,x'")]
    [InlineData("--threads 0", "--threads takes a number from 1 to the")]
    [InlineData("--prompt 8 --kv q8_0", "cache them in f16")]
    public Task Mistakes_are_answered_in_words(string line, string words) => models.RefuseAsync($"bench llm {PathOf("q4_0")} {line}", ExitCode.BadInput, words);

    [Fact]
    public Task What_is_no_model_is_refused() => models.RefuseAsync("bench llm ~/gone.gguf", ExitCode.BadInput, "holds no language model");
}
