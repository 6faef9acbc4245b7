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
    public Task Instructions_need_a_template() =>
        models.RefuseAsync($"run {TestData.PathOf(Model)} hello --system short", ExitCode.BadInput, "chat template");

    [Fact]
    public Task A_folder_without_a_language_model_is_refused() =>
        models.RefuseAsync("run ~ hello", ExitCode.BadInput, "holds no language model");
}
