using System.Text;
using System.Text.Json;
using Sarsen.Nn;
using Sarsen.Serving.Language;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;
using Sarsen.Text.Sampling;

namespace Sarsen.Serving.Tests.Language;

public class TextGeneratorTests
{
    private const string Folder = "models/tinystories-656k";

    private static readonly GenerationOptions s_greedy = new() { MaxTokens = 40, Sampling = new SamplingOptions { Temperature = 0 } };

    private static LoadedLanguageModel Load(string file = "") => LoadedLanguageModel.Open(Path.Combine(TestData.PathOf(Folder), file), Workers.Serial);

    private static (string Text, GenerationResult Result) Run(TextGenerator generator, int[] prompt, GenerationOptions options)
    {
        var text = new StringBuilder();
        GenerationResult result = generator.Generate(prompt, options, piece => text.Append(piece));
        return (text.ToString(), result);
    }

    [DataTheory(Folder)]
    [InlineData("")]
    [InlineData("tinystories-656k-f32.gguf")]
    public void Continuations_are_the_texts_of_llama_cpp(string file)
    {
        LoadedLanguageModel model = Load(file);
        using var generator = new TextGenerator(model, Workers.Serial, type: KvType.F32);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestData.PathOf(Folder), "golden_llama.cpp_greedy.json")));
        foreach (JsonElement run in golden.RootElement.GetProperty("files").GetProperty("tinystories-656k-f32.gguf").EnumerateArray())
        {
            int[] prompt = model.Encode(run.GetProperty("prompt").GetString()!);
            prompt.ShouldBe([.. run.GetProperty("prompt_ids").EnumerateArray().Select(e => e.GetInt32())]);
            int[] ids = [.. run.GetProperty("output_ids").EnumerateArray().Select(e => e.GetInt32())];
            (string text, GenerationResult result) = Run(generator, prompt, s_greedy with { MaxTokens = ids.Length });
            text.ShouldBe(run.GetProperty("output_text").GetString());
            result.PromptTokens.ShouldBe(prompt.Length);
            // Behind its prompt it is the text that all tokens together are.
            string whole = model.Tokenizer.Decode([.. prompt, .. ids]);
            (run.GetProperty("prompt").GetString() + Run(generator, prompt, s_greedy with { MaxTokens = ids.Length, Continues = true }).Text).ShouldBe(whole);
        }
    }

    [DataFact(Folder)]
    public void What_prompts_have_in_common_is_read_once_and_changes_nothing()
    {
        LoadedLanguageModel model = Load();
        int[] first = model.Encode("Once upon a time there was a dog."), second = model.Encode("Once upon a time there was a cat named Tom.");
        GenerationOptions options = s_greedy with { Sampling = new SamplingOptions { Seed = 5 } };
        using var fresh = new TextGenerator(model, Workers.Serial);
        string expected = Run(fresh, second, options).Text;
        using var used = new TextGenerator(model, Workers.Serial);
        Run(used, first, options);
        Run(used, second, options).Text.ShouldBe(expected);
        Run(used, second, options).Text.ShouldBe(expected);
        Run(used, second[..4], options);
        Run(used, second, options).Text.ShouldBe(expected);
    }

    [DataFact(Folder)]
    public void An_answer_ends_at_its_length_at_the_context_and_at_stop_texts()
    {
        LoadedLanguageModel model = Load();
        int[] prompt = model.Encode("Once upon a time");
        using var generator = new TextGenerator(model, Workers.Serial, contextLength: prompt.Length + 7);
        generator.ContextLength.ShouldBe(prompt.Length + 7);
        Run(generator, prompt, s_greedy with { MaxTokens = 3 }).Result.ShouldSatisfyAllConditions(r => r.AnswerTokens.ShouldBe(3), r => r.Reason.ShouldBe(FinishReason.Length));
        Run(generator, prompt, s_greedy).Result.AnswerTokens.ShouldBe(7);
        using var longer = new TextGenerator(model, Workers.Serial);
        string whole = Run(longer, prompt, s_greedy).Text;
        string stop = whole.Substring(12, 5);
        (string text, GenerationResult result) = Run(longer, prompt, s_greedy with { Stop = ["never", stop] });
        text.ShouldBe(whole[..whole.IndexOf(stop, StringComparison.Ordinal)]);
        result.Reason.ShouldBe(FinishReason.Stop);
        result.AnswerTokens.ShouldBeLessThan(40);
    }

    [DataFact(Folder)]
    public void A_generator_goes_on_after_it_was_stopped()
    {
        LoadedLanguageModel model = Load();
        int[] prompt = model.Encode("The little boat");
        using var generator = new TextGenerator(model, Workers.Serial);
        string expected = Run(generator, prompt, s_greedy).Text;
        using var source = new CancellationTokenSource();
        int pieces = 0;
        Should.Throw<OperationCanceledException>(() => generator.Generate(prompt, s_greedy, _ =>
        {
            if (++pieces == 3)
                source.Cancel();
        }, source.Token));
        Run(generator, prompt, s_greedy).Text.ShouldBe(expected);
    }

    [DataFact(Folder)]
    public void What_cannot_be_generated_is_refused_with_cause_and_cure()
    {
        LoadedLanguageModel model = Load();
        using var generator = new TextGenerator(model, Workers.Serial, contextLength: 8);
        Should.Throw<InputException>(() => Run(generator, [], s_greedy)).Message.ShouldContain("write something");
        Should.Throw<InputException>(() => Run(generator, [1, 2, 3, 4, 5, 6, 7, 8], s_greedy)).Message.ShouldContain("make it shorter");
        Should.Throw<ArgumentOutOfRangeException>(() => Run(generator, [1], s_greedy with { MaxTokens = 0 }));
        Should.Throw<ArgumentOutOfRangeException>(() => Run(generator, [1], s_greedy with { Stop = [""] }));
        Should.Throw<ModelLoadException>(() => Load("config.json")).Message.ShouldContain("holds no language model");
        Should.Throw<ModelLoadException>(() => Load("nowhere")).Message.ShouldContain("nowhere");
    }
}
