using System.ClientModel;
using System.Text;
using System.Text.Json;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;
using Sarsen.Testing;

namespace Sarsen.Server.Tests.Features.OpenAi;

/// <summary>OpenAI's own .NET SDK as the client.</summary>
public sealed class SdkTests(OpenAiHost host) : IClassFixture<OpenAiHost>
{
    private static readonly ChatTool s_weather = ChatTool.CreateFunctionTool("get_weather", "The weather of a city.",
        BinaryData.FromString("""{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": false}"""), functionSchemaIsStrict: true);

    private static readonly ChatTool s_go = ChatTool.CreateFunctionTool("go", null,
        BinaryData.FromString("""{"type": "object", "properties": {"to": {"enum": ["Bath", "York"]}}, "required": ["to"], "additionalProperties": false}"""));

    private static readonly ChatMessage[] s_question = [new SystemChatMessage("Be brief."), new UserChatMessage("Hello?")];

    private ChatClient Chat(string model) => host.Sdk.GetChatClient(model);

    [Fact]
    public async Task A_conversation_is_answered()
    {
        ChatCompletion answer = await Chat("talker").CompleteChatAsync(s_question);
        answer.Content.Single().Text.ShouldBe(OpenAiHost.Greeting);
        answer.FinishReason.ShouldBe(ChatFinishReason.Stop);
        answer.Role.ShouldBe(ChatMessageRole.Assistant);
        answer.Model.ShouldBe("talker");
        answer.Id.ShouldStartWith("chatcmpl-");
        answer.Usage.TotalTokenCount.ShouldBe(answer.Usage.InputTokenCount + answer.Usage.OutputTokenCount);
        // The marks of two messages and of the third that begins, each with its role.
        answer.Usage.InputTokenCount.ShouldBe("system\nBe brief.\nuser\nHello?\nassistant\n".Length + 5);
        answer.CreatedAt.ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }

    [Fact]
    public async Task A_stream_has_the_same_text_and_its_usage()
    {
        var text = new StringBuilder();
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        int updates = 0;
        await foreach (StreamingChatCompletionUpdate update in Chat("talker").CompleteChatStreamingAsync(s_question))
        {
            updates++;
            text.Append(string.Concat(update.ContentUpdate.Select(p => p.Text)));
            finish ??= update.FinishReason;
            usage ??= update.Usage;
        }
        text.ToString().ShouldBe(OpenAiHost.Greeting);
        finish.ShouldBe(ChatFinishReason.Stop);
        updates.ShouldBeGreaterThan(4);
        // The SDK asks for it by stream_options.
        usage.ShouldNotBeNull();
        usage.OutputTokenCount.ShouldBeGreaterThan(4);
    }

    [Theory]
    [InlineData("caller", "")]
    [InlineData("both", "Let me look. ")]
    public async Task A_tool_is_called_and_its_result_is_answered(string model, string text)
    {
        var options = new ChatCompletionOptions { Tools = { s_weather } };
        ChatCompletion answer = await Chat(model).CompleteChatAsync(s_question, options);
        answer.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        string.Concat(answer.Content.Select(p => p.Text)).ShouldBe(text);
        ChatToolCall call = answer.ToolCalls.Single();
        (call.FunctionName, call.FunctionArguments.ToString()).ShouldBe(("get_weather", "{\"city\": \"Paris\"}"));
        ChatMessage[] more = [.. s_question, new AssistantChatMessage(answer), new ToolChatMessage(call.Id, "17 °C")];
        ChatCompletion next = await Chat("talker").CompleteChatAsync(more, options);
        next.Content.Single().Text.ShouldBe(OpenAiHost.Greeting);
    }

    [Theory]
    [InlineData("both")]
    [InlineData("caller")]
    [InlineData("mistral")]
    [InlineData("talker")]
    public async Task A_call_is_streamed_as_its_arguments_are_written(string model)
    {
        // The last would say something else, and is held to a call.
        var options = new ChatCompletionOptions { Tools = { model == "talker" ? s_go : s_weather }, Temperature = 0 };
        if (model == "talker")
            (options.ToolChoice, options.AllowParallelToolCalls) = (ChatToolChoice.CreateRequiredChoice(), false);
        ChatToolCall whole = ((ChatCompletion)await Chat(model).CompleteChatAsync(s_question, options)).ToolCalls.Single();
        var calls = new List<StreamingChatToolCallUpdate>();
        ChatFinishReason? finish = null;
        await foreach (StreamingChatCompletionUpdate update in Chat(model).CompleteChatStreamingAsync(s_question, options))
        {
            finish ??= update.FinishReason;
            update.ToolCallUpdates.Count.ShouldBeLessThanOrEqualTo(1);
            calls.AddRange(update.ToolCallUpdates);
        }
        finish.ShouldBe(ChatFinishReason.ToolCalls);
        calls.Count.ShouldBeGreaterThan(4);
        calls.ShouldAllBe(c => c.Index == 0);
        (calls[0].FunctionName, calls[0].Kind, calls[0].FunctionArgumentsUpdate.ToString()).ShouldBe((whole.FunctionName, ChatToolCallKind.Function, ""));
        calls[0].ToolCallId.ShouldNotBeNullOrEmpty();
        calls.Skip(1).ShouldAllBe(c => c.ToolCallId == null && c.FunctionName == null && c.FunctionArgumentsUpdate.ToString() != "");
        string.Concat(calls.Select(c => c.FunctionArgumentsUpdate)).ShouldBe(whole.FunctionArguments.ToString());
    }

    [Fact]
    public async Task A_call_that_is_cut_is_the_beginning_of_one()
    {
        var options = new ChatCompletionOptions { Tools = { s_weather }, MaxOutputTokenCount = 14 };
        ChatCompletion answer = await Chat("caller").CompleteChatAsync(s_question, options);
        answer.FinishReason.ShouldBe(ChatFinishReason.Length);
        string arguments = answer.ToolCalls.Single().FunctionArguments.ToString();
        arguments.ShouldNotBeEmpty();
        "{\"city\": \"Paris\"}".ShouldStartWith(arguments);
    }

    [Theory]
    [InlineData("required")]
    [InlineData("named")]
    public async Task A_required_call_is_made_whatever_the_model_would_say(string choice)
    {
        // The model greets; held to the grammar it can only call, with one of two cities.
        var options = new ChatCompletionOptions { Tools = { s_weather, s_go }, ToolChoice = choice == "named" ? ChatToolChoice.CreateFunctionChoice("go") : ChatToolChoice.CreateRequiredChoice(), AllowParallelToolCalls = false };
        if (choice == "required")
            options.Tools.RemoveAt(0);
        ChatCompletion answer = await Chat("talker").CompleteChatAsync(s_question, options);
        answer.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        ChatToolCall call = answer.ToolCalls.Single();
        call.FunctionName.ShouldBe("go");
        JsonDocument.Parse(call.FunctionArguments).RootElement.GetProperty("to").GetString().ShouldBeOneOf("Bath", "York");
    }

    [Fact]
    public async Task Tools_that_may_not_be_called_are_text()
    {
        ChatCompletion answer = await Chat("caller").CompleteChatAsync(s_question, new ChatCompletionOptions { Tools = { s_weather }, ToolChoice = ChatToolChoice.CreateNoneChoice() });
        answer.ToolCalls.ShouldBeEmpty();
        answer.Content.Single().Text.ShouldContain("get_weather");
    }

    [Fact]
    public async Task Mistrals_calls_have_ids_that_its_templates_take()
    {
        ChatCompletion answer = await Chat("mistral").CompleteChatAsync(s_question, new ChatCompletionOptions { Tools = { s_weather } });
        ChatToolCall call = answer.ToolCalls.Single();
        call.Id.Length.ShouldBe(9);
        call.FunctionArguments.ToString().ShouldBe("{\"city\": \"Bath\"}");
    }

    [Theory]
    [InlineData("talker")]
    [InlineData("json")]
    public async Task An_answer_matches_the_schema_of_its_format(string model)
    {
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("mood", BinaryData.FromString(
                """{"type": "object", "properties": {"mood": {"enum": ["happy", "sad"]}, "age": {"type": "integer", "minimum": 1, "maximum": 99}}, "required": ["mood", "age"], "additionalProperties": false}"""), jsonSchemaIsStrict: true),
        };
        ChatCompletion answer = await Chat(model).CompleteChatAsync(s_question, options);
        answer.FinishReason.ShouldBe(ChatFinishReason.Stop);
        JsonElement mood = JsonDocument.Parse(answer.Content.Single().Text).RootElement;
        mood.GetProperty("mood").GetString().ShouldBeOneOf("happy", "sad");
        mood.GetProperty("age").GetInt32().ShouldBeInRange(1, 99);
        if (model == "json")
            mood.GetProperty("age").GetInt32().ShouldBe(7);
    }

    [Fact]
    public async Task Log_probabilities_are_of_the_answers_tokens()
    {
        var options = new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 2, MaxOutputTokenCount = 3 };
        ChatCompletion answer = await Chat("talker").CompleteChatAsync(s_question, options);
        answer.FinishReason.ShouldBe(ChatFinishReason.Length);
        answer.ContentTokenLogProbabilities.Count.ShouldBe(3);
        string.Concat(answer.ContentTokenLogProbabilities.Select(t => t.Token)).ShouldBe(answer.Content.Single().Text);
        ChatTokenLogProbabilityDetails first = answer.ContentTokenLogProbabilities[0];
        first.LogProbability.ShouldBeInRange(-0.001f, 0);
        Encoding.UTF8.GetString(first.Utf8Bytes!.Value.Span).ShouldBe(first.Token);
        first.TopLogProbabilities.Count.ShouldBe(2);
        first.TopLogProbabilities[0].Token.ShouldBe(first.Token);
    }

    [Fact]
    public async Task Stop_texts_end_an_answer()
    {
        ChatCompletion answer = await Chat("talker").CompleteChatAsync(s_question, new ChatCompletionOptions { StopSequences = { "Grü" } });
        answer.Content.Single().Text.ShouldBe("Hello there, ");
        answer.FinishReason.ShouldBe(ChatFinishReason.Stop);
    }

    [Fact]
    public async Task Vectors_come_in_order_and_can_be_shortened()
    {
        EmbeddingClient client = host.Sdk.GetEmbeddingClient("org/embedder");
        OpenAIEmbeddingCollection all = await client.GenerateEmbeddingsAsync(["ab", "cccd"]);
        all.Count.ShouldBe(2);
        all[0].ToFloats().ToArray().ShouldBe([0.70710677f, 0.70710677f, 0, 0]);
        all.Usage.TotalTokenCount.ShouldBe(6);
        OpenAIEmbedding one = await client.GenerateEmbeddingAsync("abcd", new EmbeddingGenerationOptions { Dimensions = 2 });
        one.ToFloats().ToArray().ShouldBe([0.70710677f, 0.70710677f], 1e-6f);
    }

    [Fact]
    public async Task Models_are_listed_and_read()
    {
        OpenAIModelClient client = host.Sdk.GetOpenAIModelClient();
        OpenAIModelCollection models = await client.GetModelsAsync();
        models.Select(m => m.Id).ShouldContain("talker");
        models.Select(m => m.Id).ShouldBe(models.Select(m => m.Id).Order(StringComparer.Ordinal));
        (await client.GetModelAsync("talker")).Value.OwnedBy.ShouldBe("sarsen");
        ClientResultException e = await Should.ThrowAsync<ClientResultException>(() => client.GetModelAsync("nobody"));
        e.Status.ShouldBe(404);
        e.Message.ShouldContain("model_not_found");
    }

    [DataFact(OpenAiHost.TrainedFolder)]
    public async Task The_same_seed_gives_the_same_answers_and_another_gives_others()
    {
        async Task<string[]> CompleteAsync(long seed)
        {
            (int status, JsonElement body) = await host.PostAsync("/v1/completions",
                $$"""{"model": "{{OpenAiHost.Trained}}", "prompt": "Once upon a time", "seed": {{seed}}, "max_tokens": 12, "n": 3, "top_k": 50, "min_p": 0.01, "repetition_penalty": 1.1}""");
            status.ShouldBe(200, body.ToString());
            return [.. body.GetProperty("choices").EnumerateArray().Select(c => c.GetProperty("text").GetString()!)];
        }
        string[] first = await CompleteAsync(3);
        first.Distinct().Count().ShouldBe(3);
        (await CompleteAsync(3)).ShouldBe(first);
        // The second answer of a seed is the first of the next.
        (await CompleteAsync(4))[..2].ShouldBe(first[1..]);
    }

    [DataFact(OpenAiHost.TrainedFolder)]
    public async Task A_trained_model_continues_as_llama_cpp_does()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestData.PathOf(OpenAiHost.TrainedFolder), "golden_llama.cpp_greedy.json")));
        foreach (JsonElement run in golden.RootElement.GetProperty("files").GetProperty("tinystories-656k-f32.gguf").EnumerateArray().Take(2))
        {
            string prompt = run.GetProperty("prompt").GetString()!, expected = run.GetProperty("output_text").GetString()!;
            string json = JsonSerializer.Serialize(new { model = OpenAiHost.Trained, prompt, temperature = 0, max_tokens = run.GetProperty("output_ids").GetArrayLength() });
            JsonElement body = (await host.PostAsync("/v1/completions", json)).Body;
            body.GetProperty("choices")[0].GetProperty("text").GetString()!.Trim().ShouldBe(expected.Trim());
        }
    }
}
