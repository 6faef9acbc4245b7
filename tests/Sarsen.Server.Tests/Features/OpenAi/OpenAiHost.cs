using System.ClientModel;
using System.Text;
using System.Text.Json;
using OpenAI;
using Sarsen.Serving;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;
using Sarsen.Serving.Tests.Language;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;
using Sarsen.Text.Templates;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Server.Tests.Features.OpenAi;

/// <summary>A server with small language models, each of which says one text, and a trained one where the test data is there.</summary>
public sealed class OpenAiHost : IAsyncLifetime
{
    public const string Trained = "tinystories-656k", TrainedWithTemplate = "tinystories-chat", TrainedFolder = "models/tinystories-656k";

    public const string Greeting = "Hello there, Grüße an alle!";

    private const string Call = "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>";

    // As Qwen 3's: the model opens its thinking, unless the prompt has closed it.
    private const string Thinking = ScriptedModel.HermesTemplate + "{%- if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}";

    private int _slowSteps;

    public TestHost Host { get; } = new();

    /// <summary>Steps that the model <c>slow</c> has computed.</summary>
    public int SlowSteps => Volatile.Read(ref _slowSteps);

    /// <summary>Whether the model <c>broken</c> can be loaded.</summary>
    public bool IsRepaired { get; set; }

    public OpenAIClient Sdk { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        string[] names = ["talker", "caller", "both", "plain", "json", "broken", "slow", "org/embedder", "small", "mistral", "thinker", "opened", "thinking-caller", Trained, TrainedWithTemplate];
        Host.Configure = options => options with
        {
            LanguageModels = [.. names.Select(n => new ModelEntry(n, n is Trained or TrainedWithTemplate ? TestData.PathOf(TrainedFolder) : n))],
            Engine = new LanguageEngineOptions { Workers = Workers.Serial, QueueSize = 16 },
        };
        Host.LoadModel = Load;
        await Host.StartAsync();
        Sdk = NewSdk(Host.AdminKey);
    }

    public OpenAIClient NewSdk(string key) => new(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(Host.Server.Url, "/v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) });

    public Task DisposeAsync() => Host.DisposeAsync().AsTask();

    /// <summary>Sends a request as a person with curl would.</summary>
    public Task<(int Status, JsonElement Body)> PostAsync(string path, string json) => Host.SendAsync(HttpMethod.Post, path, json);

    /// <summary>The events of a stream, the last of which is <c>[DONE]</c>.</summary>
    public async Task<List<string>> StreamAsync(string path, string json)
    {
        using HttpResponseMessage response = await Host.Http.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream; charset=utf-8");
        string text = await response.Content.ReadAsStringAsync();
        text.ShouldEndWith("\n\n");
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e =>
        {
            e.ShouldStartWith("data: ");
            return e["data: ".Length..];
        })];
    }

    private ServedModel Load(ModelEntry entry)
    {
        if (entry.Name == "broken" && !IsRepaired)
            throw new ModelLoadException("the weights are damaged: copy them again");
        if (entry.Name == "org/embedder")
            return ServedModel.Of(new FakeEmbedder());
        LoadedLanguageModel model = entry.Name switch
        {
            Trained => LoadedLanguageModel.Open(entry.Path, Workers.Serial),
            TrainedWithTemplate => LoadedLanguageModel.Open(entry.Path, Workers.Serial) with { Template = ChatTemplate.Parse("{{ bos_token }}{% for m in messages %}{{ m.content }} {% endfor %}") },
            "caller" => ScriptedModel.Load(Call),
            "both" => ScriptedModel.Load("Let me look. " + Call),
            "plain" => ScriptedModel.Load(" jumps over", template: null),
            "json" => ScriptedModel.Load("{\"mood\": \"happy\", \"age\": 7}"),
            "thinker" => ScriptedModel.Load("<think>\nSeven years, so glad.\n</think>\n\n{\"mood\": \"happy\", \"age\": 7}", Thinking),
            "opened" => ScriptedModel.Load("Seven years, so glad.\n</think>\n\n{\"mood\": \"happy\", \"age\": 7}", ScriptedModel.HermesTemplate + "{%- if false %}</think>{% endif %}<think>\n"),
            "thinking-caller" => ScriptedModel.Load("<think>\nWeather is asked.\n</think>\n\n" + Call, Thinking),
            "small" => ScriptedModel.Load(Greeting, contextLength: 64),
            "mistral" => ScriptedModel.Load("[TOOL_CALLS][{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Bath\"}}]", "[TOOL_CALLS] {{ messages[-1].content }}"),
            // One answer at a time, so that the others wait.
            "slow" => ScriptedModel.Load("on and on", contextLength: 1 << 16, onStep: () =>
            {
                Interlocked.Increment(ref _slowSteps);
                Thread.Sleep(2);
            }),
            _ => ScriptedModel.Load(Greeting),
        };
        return ServedModel.Of(new LanguageEngine(model, new LanguageEngineOptions { Workers = Workers.Serial, QueueSize = 16, MaxSequences = entry.Name == "slow" ? 1 : 16 }));
    }

    /// <summary>Counts the first letters of the alphabet among the bytes.</summary>
    private sealed class FakeEmbedder : ITextEmbedder
    {
        public int Dimensions => 4;

        public int ContextLength => 32;

        public long Bytes => 1;

        public Tokenizer Tokenizer { get; } = ScriptedModel.Load("x").Tokenizer;

        public int[] Encode(string text) => Tokenizer.Encode(text);

        public Task<IReadOnlyList<float[]>> EmbedAsync(IReadOnlyList<int[]> texts, CancellationToken stop) => Task.FromResult<IReadOnlyList<float[]>>([.. texts.Select(text =>
        {
            float[] counts = [.. "abcd".Select(c => (float)text.Count(t => t == c))];
            double length = Math.Sqrt(counts.Sum(c => c * c));
            return counts.Select(c => (float)(c / length)).ToArray();
        })]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
