using System.Diagnostics;
using System.Text.Json.Nodes;
using Sarsen.Testing;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class ChatTests(TrainedModels models)
{
    private const string Model = "models/tinystories-656k";

    /// <summary>The trained model with a template beside it, which it was not made with.</summary>
    private string WithTemplate()
    {
        string folder = models.In("chat-model");
        if (Directory.Exists(folder))
            return folder;
        Directory.CreateDirectory(folder);
        foreach (string file in (string[])["config.json", "generation_config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json"])
            File.Copy(Path.Combine(TestData.PathOf(Model), file), Path.Combine(folder, file));
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(TestData.PathOf(Model), "tokenizer_config.json")))!;
        config["chat_template"] = "{{ bos_token }}{% for m in messages %}{{ m.content }} {% endfor %}";
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), config.ToJsonString());
        return folder;
    }

    [DataFact(Model)]
    public void Questions_from_a_pipe_are_answered_and_an_interrupt_ends_no_conversation()
    {
        using Process process = SarsenProcess.Start(models.Folder, withInput: true, "chat", WithTemplate(), "--max-tokens", "400");
        process.StandardInput.WriteLine("Once upon a time");
        // The first letters of an answer: it is being given, or was just now.
        process.StandardOutput.Read().ShouldBeGreaterThan(0);
        SarsenProcess.Signal(process, "INT");
        process.StandardInput.WriteLine("The dog ran");
        process.StandardInput.WriteLine("/exit");
        SarsenProcess.Ended ended = SarsenProcess.End(process, "sarsen chat").ShouldSucceed();
        ended.Output.Trim().ShouldNotBeEmpty();
        ended.Errors.ShouldContain("tokens/s");
    }

    [DataFact(Model)]
    public Task A_model_without_a_template_does_not_converse() =>
        models.RefuseAsync($"chat {TestData.PathOf(Model)}", ExitCode.BadInput, "no chat template");

    [DataFact(Model)]
    public async Task A_server_answers_with_the_models_that_it_was_given()
    {
        using ServingProcess server = ServingProcess.Start(models.Folder, "language-data", fresh: true, "--model", $"tiny={TestData.PathOf(Model)},keep-alive=always");
        using HttpClient http = server.NewHttp(server.Key!);
        using var content = new StringContent("""{"model": "tiny", "prompt": "Once upon a time", "max_tokens": 8, "temperature": 0}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage response = await http.PostAsync("v1/completions", content);
        (await response.Content.ReadAsStringAsync()).ShouldContain("little girl");
        (await http.GetStringAsync("metrics")).ShouldContain("sarsen_language_model_loaded{model=\"tiny\"} 1");
        server.Stop("TERM").ShouldSucceed();
    }

    [Theory]
    [InlineData("serve --model x=~/nothing", "there is nothing at")]
    [InlineData("serve --model x=", "--model takes NAME=PATH")]
    [InlineData("serve --model x=~/fruit.csv --model x=~/fruit.csv", "twice")]
    [InlineData("serve --model x=~/fruit.csv,keep-alive=soon", "--keep-alive takes a time")]
    [InlineData("serve --keep-alive 5", "--keep-alive takes a time")]
    [InlineData("serve --request-timeout 0s", "--request-timeout takes a time above 0")]
    [InlineData("serve --memory much", "--memory takes a size")]
    [InlineData("serve --context 1", "--context takes a number from 2")]
    [InlineData("chat ~ --context 1", "--context one from 2")]
    [InlineData("chat ~", "holds no language model")]
    public Task Mistakes_are_answered_in_words(string line, string words) => models.RefuseAsync(line, ExitCode.BadInput, words);
}
