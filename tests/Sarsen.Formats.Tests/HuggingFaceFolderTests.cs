using System.Text;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests;

public sealed class HuggingFaceFolderTests
{
    [DataFact("models/tinystories-656k")]
    public void A_real_folder_is_read()
    {
        string path = TestData.PathOf("models/tinystories-656k");
        HuggingFaceFolder.IsAt(path).ShouldBeTrue();
        HuggingFaceFolder folder = HuggingFaceFolder.Read(path);
        folder.Config.GetProperty("model_type").GetString().ShouldBe("llama");
        folder.GenerationConfig!.Value.GetProperty("eos_token_id").GetInt32().ShouldBeGreaterThanOrEqualTo(0);
        folder.Tokenizer!.Length.ShouldBe(86434);
        folder.TokenizerConfig.ShouldNotBeNull();
        folder.SpecialTokens.ShouldNotBeNull();
        using ITensorSource weights = folder.OpenWeights();
        weights.ShouldBeOfType<SafetensorsFile>();
        weights.ShapeOf("lm_head.weight").ShouldBe(new Shape(2048, 128));
    }

    [Fact]
    public void What_is_missing_is_null()
    {
        using var folder = new TemporaryFolder();
        HuggingFaceFolder.IsAt(folder.Path).ShouldBeFalse();
        Should.Throw<ModelFormatException>(() => HuggingFaceFolder.Read(folder.Path)).Message.ShouldContain("has no config.json");
        folder.File("config.json", "\ufeff{\"model_type\":\"llama\"}"u8);
        HuggingFaceFolder read = HuggingFaceFolder.Read(folder.Path);
        (read.GenerationConfig, read.TokenizerConfig, read.SpecialTokens, read.Tokenizer, read.ChatTemplate).ShouldBe((null, null, null, null, null));
        Should.Throw<ModelFormatException>(() => read.OpenWeights()).Message.ShouldContain("holds no weights");
    }

    [Fact]
    public void The_chat_template_is_found_where_it_may_be()
    {
        using var folder = new TemporaryFolder();
        folder.File("config.json", "{}"u8);
        void Config(string json) => folder.File("tokenizer_config.json", Encoding.UTF8.GetBytes(json));
        string? Template() => HuggingFaceFolder.Read(folder.Path).ChatTemplate;
        Config("""{"chat_template":null}""");
        Template().ShouldBeNull();
        Config("""{"chat_template":"{{ one }}"}""");
        Template().ShouldBe("{{ one }}");
        Config("""{"chat_template":[{"name":"tools","template":"{{ t }}"},{"name":"default","template":"{{ two }}"}]}""");
        Template().ShouldBe("{{ two }}");
        folder.File("chat_template.json", """{"chat_template":"{{ three }}"}"""u8);
        Template().ShouldBe("{{ three }}");
        folder.File("chat_template.jinja", "{{ four }}\n"u8);
        Template().ShouldBe("{{ four }}\n");
    }

    [Theory]
    [InlineData("config.json", "[]", "must hold an object")]
    [InlineData("config.json", "{", "not JSON")]
    [InlineData("generation_config.json", "1", "must hold an object")]
    [InlineData("tokenizer_config.json", """{"chat_template":1}""", "chat_template must be a text")]
    [InlineData("tokenizer_config.json", """{"chat_template":[1]}""", "objects with name and template")]
    [InlineData("tokenizer_config.json", """{"chat_template":[{"name":1,"template":""}]}""", "must be a text")]
    [InlineData("tokenizer_config.json", """{"chat_template":"\ud800"}""", "not Unicode")]
    public void What_breaks_a_rule_is_refused(string file, string json, string words)
    {
        using var folder = new TemporaryFolder();
        folder.File("config.json", "{}"u8);
        string path = folder.File(file, Encoding.UTF8.GetBytes(json));
        var refusal = Should.Throw<ModelFormatException>(() => HuggingFaceFolder.Read(folder.Path));
        refusal.File.ShouldBe(path);
        refusal.Message.ShouldContain(words);
    }

    [Fact]
    public void Weights_are_found_in_a_folder_or_refused()
    {
        using var folder = new TemporaryFolder();
        byte[] gguf = new Gguf.GgufBytes().ToArray();
        folder.File("a.gguf", gguf);
        using (ITensorSource source = TensorSources.Open(folder.Path))
            source.ShouldBeOfType<GgufFile>();
        folder.File("b.gguf", gguf);
        Should.Throw<ModelFormatException>(() => TensorSources.Open(folder.Path)).Message.ShouldContain("2 files of weights");
        using (ITensorSource source = TensorSources.Open(folder.File("no-extension", gguf)))
            source.ShouldBeOfType<GgufFile>();
        Should.Throw<ModelFormatException>(() => TensorSources.Open(folder.File("short", [1, 2])));
        Should.Throw<FileNotFoundException>(() => TensorSources.Open(folder.File("gone")));
    }
}
