using System.Net;
using System.Text;
using System.Text.Json;
using Sarsen.Testing;

namespace Sarsen.Server.Tests.Features.OpenAi;

public sealed class WrongRequestTests(OpenAiHost host) : IClassFixture<OpenAiHost>
{
    private const string Start = """{"model": "talker", "messages": [{"role": "user", "content": "Hi"}]""";

    private static void CheckError(JsonElement body, string? param, string? code, string type = "invalid_request_error")
    {
        JsonElement error = body.GetProperty("error");
        error.EnumerateObject().Select(m => m.Name).ShouldBe(["message", "type", "param", "code"]);
        (error.GetProperty("type").GetString(), error.GetProperty("param").GetString(), error.GetProperty("code").GetString()).ShouldBe((type, param, code), body.ToString());
        error.GetProperty("message").GetString()!.Length.ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData("", null, "invalid_json")]
    [InlineData("{", null, "invalid_json")]
    [InlineData("[]", null, "invalid_type")]
    [InlineData("{}", "model", "missing_required_parameter")]
    [InlineData("""{"model": "talker"}""", "messages", "missing_required_parameter")]
    [InlineData("""{"model": 5, "messages": []}""", "model", "invalid_type")]
    [InlineData("""{"model": "talker", "messages": []}""", "messages", "empty_array")]
    [InlineData("""{"model": "talker", "messages": {}}""", "messages", "invalid_type")]
    [InlineData("""{"model": "talker", "messages": [{"role": "user"}]}""", "messages[0].content", "missing_required_parameter")]
    [InlineData("""{"model": "talker", "messages": [{"role": "king", "content": "x"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"model": "talker", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}""", "messages[0].content[0].type", "invalid_value")]
    [InlineData("""{"model": "talker", "messages": [{"role": "tool", "content": "x"}]}""", "messages[0].tool_call_id", "missing_required_parameter")]
    [InlineData("""{"model": "talker", "messages": [{"role": "user", "content": "x"}, {"role": "tool", "tool_call_id": "c2", "content": "x"}]}""", "messages[1].tool_call_id", "invalid_value")]
    [InlineData("""{"model": "talker", "messages": [{"role": "tool", "tool_call_id": "c1", "content": "x"}, {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}]}""", "messages[0].tool_call_id", "invalid_value")]
    [InlineData("""{"model": "talker", "messages": [{"role": "user", "content": "\ud800"}]}""", null, "invalid_json")]
    [InlineData(Start + """, "temperature": 3}""", "temperature", "decimal_above_max_value")]
    [InlineData(Start + """, "temperature": "hot"}""", "temperature", "invalid_type")]
    [InlineData(Start + """, "top_p": -1}""", "top_p", "decimal_below_min_value")]
    [InlineData(Start + """, "repetition_penalty": 1e-300}""", "repetition_penalty", "decimal_below_min_value")]
    [InlineData(Start + """, "chat_template_kwargs": 5}""", "chat_template_kwargs", "invalid_type")]
    [InlineData(Start + """, "n": 0}""", "n", "integer_below_min_value")]
    [InlineData(Start + """, "n": 1.5}""", "n", "invalid_type")]
    [InlineData(Start + """, "max_tokens": 0}""", "max_tokens", "integer_below_min_value")]
    [InlineData(Start + """, "top_logprobs": 2}""", "top_logprobs", "invalid_value")]
    [InlineData(Start + """, "logprobs": true, "top_logprobs": 21}""", "top_logprobs", "integer_above_max_value")]
    [InlineData(Start + """, "logit_bias": {"x": 1}}""", "logit_bias", "invalid_value")]
    [InlineData(Start + """, "logit_bias": {"999999": 1}}""", "logit_bias", "invalid_value")]
    [InlineData(Start + """, "logit_bias": {"1": 101}}""", "logit_bias", "invalid_value")]
    [InlineData(Start + """, "stop": [1]}""", "stop", "invalid_type")]
    [InlineData(Start + """, "stream_options": {"include_usage": true}}""", "stream_options", "invalid_value")]
    [InlineData(Start + """, "stream": true, "stream_options": {"include": true}}""", "stream_options.include", "unknown_parameter")]
    [InlineData(Start + """, "colour": "red"}""", "colour", "unknown_parameter")]
    [InlineData(Start + """, "modalities": ["audio"]}""", "modalities", "unsupported_parameter")]
    [InlineData(Start + """, "functions": []}""", "functions", "unsupported_parameter")]
    [InlineData(Start + """, "tool_choice": "required"}""", "tool_choice", "invalid_value")]
    [InlineData(Start + """, "tools": [{"type": "custom"}]}""", "tools[0].type", "invalid_value")]
    [InlineData(Start + """, "tools": [{"type": "function", "function": {"name": "a b"}}]}""", "tools[0].function.name", "invalid_value")]
    [InlineData(Start + """, "tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": {"type": "function", "function": {"name": "g"}}}""", "tool_choice", "invalid_value")]
    [InlineData(Start + """, "tools": [{"type": "function", "function": {"name": "f"}}, {"type": "function", "function": {"name": "g", "strict": true, "parameters": {"type": "object", "properties": {"x": {"multipleOf": 3}}}}}]}""", "tools[1].function.parameters", "invalid_function_parameters")]
    [InlineData(Start + """, "response_format": {"type": "xml"}}""", "response_format.type", "invalid_value")]
    [InlineData(Start + """, "response_format": {"type": "json_schema"}}""", "response_format.json_schema", "missing_required_parameter")]
    [InlineData(Start + """, "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"not": {}}}}}""", "response_format", "invalid_json_schema")]
    [InlineData(Start + """, "response_format": {"type": "json_object"}, "ignore_eos": true}""", "ignore_eos", "invalid_value")]
    [InlineData("""{"model": "plain", "messages": [{"role": "user", "content": "Hi"}]}""", "model", "unsupported_model")]
    [InlineData("""{"model": "org/embedder", "messages": [{"role": "user", "content": "Hi"}]}""", "model", "unsupported_model")]
    [InlineData("""{"model": "small", "messages": [{"role": "user", "content": "Hi, and much more than sixty-four bytes of text, which is all that it reads."}]}""", "messages", "context_length_exceeded")]
    public async Task A_wrong_conversation_is_refused_by_its_field(string json, string? param, string code)
    {
        (int status, JsonElement body) = await host.PostAsync("/v1/chat/completions", json);
        status.ShouldBe(400, body.ToString());
        CheckError(body, param, code);
    }

    [Theory]
    [InlineData("/v1/completions", """{"model": "plain"}""", "prompt", "missing_required_parameter")]
    [InlineData("/v1/completions", """{"model": "plain", "prompt": []}""", "prompt", "empty_array")]
    [InlineData("/v1/completions", """{"model": "plain", "prompt": ""}""", "prompt", "invalid_value")]
    [InlineData("/v1/completions", """{"model": "plain", "prompt": [1, "a"]}""", "prompt", "invalid_type")]
    [InlineData("/v1/completions", """{"model": "plain", "prompt": [99999]}""", "prompt", "invalid_value")]
    [InlineData("/v1/completions", """{"model": "plain", "prompt": "x", "suffix": "y"}""", "suffix", "unsupported_parameter")]
    [InlineData("/v1/completions", """{"model": "plain", "prompt": "x", "best_of": 3}""", "best_of", "unsupported_parameter")]
    [InlineData("/v1/completions", """{"model": "plain", "prompt": "x", "echo": true, "logprobs": 1}""", "echo", "unsupported_parameter")]
    [InlineData("/v1/embeddings", """{"model": "talker", "input": "x"}""", "model", "unsupported_model")]
    [InlineData("/v1/embeddings", """{"model": "org/embedder", "input": ""}""", "input", "invalid_value")]
    [InlineData("/v1/embeddings", """{"model": "org/embedder", "input": "x", "dimensions": 5}""", "dimensions", "invalid_value")]
    [InlineData("/v1/embeddings", """{"model": "org/embedder", "input": "x", "encoding_format": "hex"}""", "encoding_format", "invalid_value")]
    [InlineData("/v1/embeddings", """{"model": "org/embedder", "input": "more than the thirty-two bytes that it reads"}""", "input", "context_length_exceeded")]
    [InlineData("/tokenize", """{"model": "talker"}""", "prompt", "missing_required_parameter")]
    [InlineData("/tokenize", """{"model": "plain", "messages": [{"role": "user", "content": "x"}]}""", "messages", "unsupported_model")]
    [InlineData("/detokenize", """{"model": "talker", "tokens": [-1]}""", "tokens", "invalid_value")]
    public async Task Other_requests_as_well(string path, string json, string param, string code)
    {
        (int status, JsonElement body) = await host.PostAsync(path, json);
        status.ShouldBe(400, body.ToString());
        CheckError(body, param, code);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model": "nobody", "messages": [{"role": "user", "content": "Hi"}]}""")]
    [InlineData("/v1/completions", """{"model": "nobody", "prompt": "x"}""")]
    [InlineData("/v1/embeddings", """{"model": "nobody", "input": "x"}""")]
    [InlineData("/tokenize", """{"model": "nobody", "prompt": "x"}""")]
    public async Task An_unknown_model_does_not_exist(string path, string json)
    {
        (int status, JsonElement body) = await host.PostAsync(path, json);
        status.ShouldBe(404);
        CheckError(body, "model", "model_not_found");
        body.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("talker");
    }

    [Fact]
    public async Task Without_a_key_nothing_is_answered()
    {
        using HttpClient stranger = host.Host.NewHttp("sarsen_unknown");
        using HttpResponseMessage response = await stranger.PostAsync("/v1/chat/completions", new StringContent(Start + "}", Encoding.UTF8, "application/json"));
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.GetValues("x-request-id").Single().ShouldStartWith("req_");
        CheckError(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, null, "invalid_api_key");
        // A user's key is enough.
        string key = (await host.Host.Client.CreateKeyAsync(new Sarsen.Server.Features.Keys.CreateKey("app"))).Key!;
        using HttpClient user = host.Host.NewHttp(key);
        (await user.PostAsync("/v1/chat/completions", new StringContent(Start + "}", Encoding.UTF8, "application/json"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        using HttpResponseMessage response = await host.Host.Http.PostAsync("/v1/chat/completions", new StringContent(Start + "}", Encoding.UTF8, "text/plain"));
        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        CheckError(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, null, null);
    }

    [Theory]
    [InlineData("/v1/chat/completions", 405)]
    [InlineData("/v1/embeddings", 405)]
    [InlineData("/v1/chat/nothing", 404)]
    [InlineData("/v1/responses", 404)]
    public async Task Another_method_and_another_place_are_refused(string path, int status)
    {
        using HttpResponseMessage response = await host.Host.Http.GetAsync(path);
        ((int)response.StatusCode).ShouldBe(status);
        if (status == 405)
            response.Content.Headers.Allow.ShouldBe(["POST"]);
        CheckError(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, null, null);
    }

    [Fact]
    public async Task A_body_that_is_not_compressed_as_it_says_is_refused()
    {
        using var content = new ByteArrayContent("not gzip"u8.ToArray());
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage response = await host.Host.Http.PostAsync("/v1/completions", content);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        CheckError(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, null, null);
    }

    [Fact]
    public async Task A_text_of_megabytes_is_refused_by_its_length()
    {
        string text = new('x', 3_000_000);
        (int status, JsonElement body) = await host.PostAsync("/v1/completions", $$"""{"model": "plain", "prompt": ["short", "{{text}}"]}""");
        status.ShouldBe(400);
        CheckError(body, "prompt", "context_length_exceeded");
        body.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("3000000 characters");
        (status, body) = await host.PostAsync("/v1/chat/completions", $$"""{"model": "talker", "messages": [{"role": "user", "content": "{{text}}"}]}""");
        status.ShouldBe(400);
        CheckError(body, "messages", "context_length_exceeded");
    }

    [Theory]
    [InlineData("""{"model": "LONG", "prompt": "x"}""", 404)]
    [InlineData("""{"model": "plain", "prompt": "x", "LONG": 1}""", 400)]
    [InlineData("""{"model": "plain", "prompt": "x", "n": DIGITS}""", 400)]
    [InlineData("""{"model": "plain", "prompt": "x", "logit_bias": {"LONG": 1}}""", 400)]
    public async Task What_is_long_is_not_repeated(string json, int expected)
    {
        // Cut anywhere, it is cut between characters.
        string letters = string.Concat(Enumerable.Repeat("😀", 50_000));
        foreach (string text in new[] { letters, "x" + letters })
        {
            (int status, JsonElement body) = await host.PostAsync("/v1/completions", json.Replace("LONG", text).Replace("DIGITS", new string('1', 100_000)));
            status.ShouldBe(expected);
            body.GetRawText().Length.ShouldBeLessThan(20_000);
        }
    }

    [Fact]
    public async Task A_model_that_cannot_be_loaded_is_tried_again()
    {
        const string Json = """{"model": "broken", "messages": [{"role": "user", "content": "Hi"}]}""";
        using (HttpResponseMessage response = await host.Host.Http.PostAsync("/v1/chat/completions", new StringContent(Json, Encoding.UTF8, "application/json")))
        {
            response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
            response.Headers.GetValues("x-should-retry").Single().ShouldBe("false");
            JsonElement body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            CheckError(body, "model", "model_load_failed", "server_error");
            body.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("copy them again");
        }
        host.IsRepaired = true;
        (await host.PostAsync("/v1/chat/completions", Json)).Status.ShouldBe(200);
    }

    [DataTheory(OpenAiHost.TrainedFolder)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_format_that_a_models_tokens_cannot_write_is_no_free_text(bool streams)
    {
        // Its tokens have no braces.
        (int status, JsonElement body) = await host.PostAsync("/v1/chat/completions",
            $$"""{"model": "{{OpenAiHost.TrainedWithTemplate}}", "messages": [{"role": "user", "content": "Hi"}], "response_format": {"type": "json_object"}, "stream": {{(streams ? "true" : "false")}}}""");
        status.ShouldBe(400);
        CheckError(body, null, "invalid_value");
    }
}
