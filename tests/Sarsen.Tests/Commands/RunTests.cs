using Sarsen.Testing;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class RunTests(TrainedModels models)
{
    private const string Model = "models/tinystories-656k";

    [DataTheory(Model)]
    [InlineData("")]
    [InlineData("tinystories-656k-q8_0.gguf")]
    public void An_answer_is_printed_and_what_it_took(string file)
    {
        string path = Path.Combine(TestData.PathOf(Model), file);
        string[] command = ["run", path, "Once upon a time, there was a little girl named Lily", "--temperature", "0", "--max-tokens", "20"];
        SarsenProcess.Ended ended = models.Run(command).ShouldSucceed();
        ended.Output.ShouldStartWith(". She was three years old.");
        ended.Errors.ShouldContain("9 tokens read");
        ended.Errors.ShouldContain("20 written at");
    }

    [DataFact(Model)]
    public void The_same_seed_gives_the_same_answer()
    {
        string[] Command(string seed) => ["run", TestData.PathOf(Model), "The dog", "--seed", seed, "--max-tokens", "30"];
        string Answer(string seed) => models.Run(Command(seed)).ShouldSucceed().Output;
        Answer("4").ShouldBe(Answer("4"));
        Answer("4").ShouldNotBe(Answer("5"));
    }

    [DataFact(Model)]
    public Task A_value_out_of_range_is_named_as_it_was_given() =>
        models.RefuseAsync($"run {TestData.PathOf(Model)} hello --top-p 1.5", ExitCode.BadInput, "--top-p is above 0 and at most 1; it is 1.5");

    [DataFact(Model)]
    public void Keys_and_values_are_cached_as_asked()
    {
        string Answer(string type) => models.Run("run", TestData.PathOf(Model), "Once upon a time, there was a little girl named Lily", "--temperature", "0", "--max-tokens", "20", "--kv", type).ShouldSucceed().Output;
        Answer("f32").ShouldBe(Answer("f16"));
    }

    [DataFact(Model)]
    public Task Heads_that_cannot_be_cached_so_are_refused() =>
        models.RefuseAsync($"run {TestData.PathOf(Model)} hello --kv q8_0", ExitCode.BadInput, "heads of 16 are no multiple of that: cache them in f16");

    [DataFact(Model)]
    public Task Instructions_need_a_template() =>
        models.RefuseAsync($"run {TestData.PathOf(Model)} hello --system short", ExitCode.BadInput, "chat template");

    [Theory]
    [InlineData("decoder: {num_hidden_layers: 1, hidden_size: 16, num_attention_heads: 2}")]
    [InlineData("gpt: {n_layer: 1, n_embd: 16, n_head: 2}")]
    public void A_run_that_trained_a_language_model_is_talked_to_and_measured(string preset)
    {
        File.WriteAllText(models.In("corpus.txt"), string.Concat(Enumerable.Repeat("the dog barks\n", 300)));
        File.WriteAllText(models.In("parrot.yaml"), $$$"""
            name: parrot
            data: {source: {text: {path: corpus.txt, unit: file}}, split: {train: 0.9, validation: 0.1, test: 0}}
            preprocess: [token_windows: {context_length: 24, windows: 160}]
            model:
              preset:
                {{{preset}}}
            train: {loss: next_token, optimizer: {adamw: {lr: 0.02}}, batch_size: 8, epochs: 5}
            text_samples: {prompt: "the", tokens: 12, temperature: 0}
            """);
        models.Run("train", "parrot.yaml", "--overwrite").ShouldSucceed().Output.ShouldContain("    the dog barks");

        models.Run("run", "runs/parrot", "the", "--temperature", "0", "--max-tokens", "10").ShouldSucceed().Output.ShouldStartWith(" dog barks");
        models.Run("evaluate", "runs/parrot", "--data", "corpus.txt").ShouldSucceed().Output.ShouldContain("perplexity");
    }

    [Fact]
    public Task A_run_that_trained_something_else_is_refused() =>
        models.RefuseAsync("run ~/runs/fruit hello", ExitCode.BadInput, "the network is no language model: what is the preset decoder or gpt, and nothing else, continues texts");

    [Fact]
    public Task A_folder_without_a_language_model_is_refused() =>
        models.RefuseAsync("run ~ hello", ExitCode.BadInput, "holds no language model");
}
