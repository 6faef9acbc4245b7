using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class InspectTests(TrainedModels models)
{
    [Fact]
    public void A_gguf_file_is_told_tensor_by_tensor()
    {
        string path = models.In("small.gguf");
        using (GgufWriter writer = GgufWriter.Create(path,
            [new("general.architecture", "llama"), new("hostile", "[red]\u001b[2J"), new("tokenizer.ggml.tokens", GgufArray.Of([.. Enumerable.Range(0, 32000).Select(i => $"t{i}")]))],
            [new("token_embd.weight", BlockTypes.Find("Q8_0"), new Shape(4, 64)), new("output_norm.weight", BlockTypes.Find("F32"), new Shape(64))]))
        {
            writer.Write("token_embd.weight", new float[256]);
            writer.Write("output_norm.weight", new float[64]);
            writer.Commit();
        }
        string output = models.Run("inspect", path).ShouldSucceed().Output;
        foreach (string words in new[]
        {
            "GGUF 3: 2 tensors, 320 elements", "llama", "[red]\\u001b[2J", "\"t0\", \"t1\"", ", …] (32,000)", "(4, 64)", "8.5",
            "the weights need 0.5 KiB of memory as they are stored, 1.3 KiB as f32",
        })
            output.ShouldContain(words);
        output.ShouldNotContain("\u001b");
        output.ShouldNotContain("t9");

        using JsonDocument json = JsonDocument.Parse(models.Run("inspect", path, "--json").ShouldSucceed().Output);
        JsonElement root = json.RootElement;
        root.GetProperty("format").GetString().ShouldBe("GGUF 3");
        root.GetProperty("metadata")[2].GetProperty("count").GetInt64().ShouldBe(32000);
        root.GetProperty("tensors")[0].GetProperty("shape").EnumerateArray().Select(s => s.GetInt64()).ShouldBe([4, 64]);
        root.GetProperty("types").EnumerateArray().Select(t => t.GetProperty("bytes").GetInt64()).ShouldBe([272, 256]);
        (root.GetProperty("bytes").GetInt64(), root.GetProperty("f32_bytes").GetInt64()).ShouldBe((528, 1280));
    }

    [Fact]
    public void A_trained_model_is_told() =>
        models.Run("inspect", Directory.GetFiles(models.In("runs", "digits-cnn"), "*.safetensors", SearchOption.AllDirectories)[0])
            .ShouldSucceed().Output.ShouldContain("F32");

    [DataFact("models/tinystories-656k")]
    public void A_folder_of_Hugging_Face_is_told()
    {
        string output = models.Run("inspect", TestData.PathOf("models/tinystories-656k")).ShouldSucceed().Output;
        foreach (string words in new[] { "Hugging Face folder, safetensors: 20 tensors", "config.model_type", "[\"LlamaForCausalLM\"] (1)", "generation_config.", "tokenizer.json", "lm_head.weight", "(2048, 128)" })
            output.ShouldContain(words);
    }

    [Theory]
    [InlineData("~/gone.gguf", "gone.gguf")]
    [InlineData("~/empty", "the folder holds no weights")]
    [InlineData("~/cut.gguf", "cut.gguf, byte")]
    [InlineData("~/fruit.csv", "the header's length is")]
    public Task Bad_input_ends_with_2_and_words(string file, string words)
    {
        Directory.CreateDirectory(models.In("empty"));
        File.WriteAllBytes(models.In("cut.gguf"), "GGUF\u0003\0\0\0"u8);
        return models.RefuseAsync($"inspect {file}", ExitCode.BadInput, words);
    }
}
