using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Conversion;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Serving.Tests.Language.Conversion;

public sealed class ModelConversionTests : IDisposable
{
    private const string Model = "models/tinystories-656k";

    private static readonly string[] s_texts =
        ["Once upon a time, there was a little girl named Lily.", "", " two  spaces", "\"Hi!\" she said.\n\nTom's 3 dogs", "äöü 你好 🙂", "<|start_story|>text<|end_story|>"];

    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-convert-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    [DataFact(Model)]
    public void A_folder_becomes_a_gguf_and_the_same_folder_again()
    {
        string original = TestData.PathOf(Model);
        // Characters without a token are one unknown together here, and one each where scores say what is merged.
        ModelConversion.Run(original, In("a.gguf")).ShouldHaveSingleItem().ShouldContain(@"may tokenise differently, such as '\t\t\tx'");
        ModelConversion.Run(In("a.gguf"), In("b")).ShouldBeEmpty();
        // Tied vectors are stored under the output's name there, under the tokens' here.
        File.ReadAllBytes(Path.Combine(In("b"), "tokenizer.json")).ShouldBe(File.ReadAllBytes(Path.Combine(original, "tokenizer.json")));
        using (ITensorSource old = TensorSources.Open(Path.Combine(original, "model.safetensors")), made = TensorSources.Open(In("b")))
        {
            foreach (InspectedTensor tensor in ModelInspection.Of(In("b")).Tensors)
                All(made, tensor.Name).ShouldBe(All(old, old.Contains(tensor.Name) ? tensor.Name : "lm_head.weight"), tensor.Name);
        }
        Same(original, In("a.gguf"));
        Same(original, In("b"));
        Directory.GetFileSystemEntries(_folder, ".*").ShouldBeEmpty();
    }

    /// <summary>Made by another program, without the folder's tokenizer in it.</summary>
    [DataFact(Model)]
    public void A_gguf_of_another_maker_becomes_a_folder()
    {
        string file = TestData.PathOf($"{Model}/tinystories-656k-f32.gguf");
        ModelConversion.Run(file, In("b"));
        Same(file, In("b"));
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(In("b"), "config.json")));
        (config.RootElement.GetProperty("eos_token_id").GetInt32(), config.RootElement.GetProperty("rms_norm_eps").GetDouble(), config.RootElement.GetProperty("torch_dtype").GetString()).ShouldBe((2, 1e-6, "float32"));
    }

    /// <summary>What llama.cpp wrote of the same model.</summary>
    [DataFact(Model)]
    public void The_gguf_says_what_llama_cpp_reads()
    {
        ModelConversion.Run(TestData.PathOf(Model), In("a.gguf"), new ModelConversionOptions { Type = "f16" });
        using GgufFile made = GgufFile.Open(In("a.gguf")), expected = GgufFile.Open(TestData.PathOf($"{Model}/tinystories-656k-f16.gguf"));
        foreach ((string key, GgufValue value) in expected.Metadata.Where(pair => pair.Key.StartsWith("llama.", StringComparison.Ordinal) || pair.Key.StartsWith("tokenizer.ggml.", StringComparison.Ordinal)))
        {
            if (value.ToObject() is not GgufArray array)
                made.Metadata[key].ToObject().ShouldBe(value.ToObject(), key);
            else if (key != "tokenizer.ggml.scores")
                ((GgufArray)made.Metadata[key].ToObject()).ToElements().ShouldBe(array.ToElements(), key);
        }
        made.Tensors.Select(t => (t.Name, t.Type, t.Shape)).ShouldBe(expected.Tensors.Select(t => (t.Name, t.Type, t.Shape)), ignoreOrder: true);
        foreach (GgufTensor tensor in expected.Tensors)
            All(made, tensor.Name).ShouldBe(All(expected, tensor.Name), tensor.Name);
    }

    [DataFact(Model)]
    public void Few_bits_come_at_once_and_parts_of_a_folder_are_as_large_as_is_said()
    {
        ModelConversion.Run(TestData.PathOf(Model), In("a.gguf"), new ModelConversionOptions { Type = "Q4_K_M" }).ShouldContain(note => note.Contains("gets Q5_0"));
        ModelConversion.Run(In("a.gguf"), In("b"), new ModelConversionOptions { MostBytes = 400_000 }).ShouldBe(["weights of Q8_0 are stored as F16, which a folder can have"]);
        Directory.GetFiles(In("b"), "model-0000*.safetensors").Length.ShouldBeGreaterThan(2);
        LoadedLanguageModel small = LoadedLanguageModel.Open(In("a.gguf"), Workers.Serial), folder = LoadedLanguageModel.Open(In("b"), Workers.Serial);
        folder.Encode(s_texts[0]).ShouldBe(small.Encode(s_texts[0]));
    }

    [DataFact(Model)]
    public void What_cannot_be_converted_is_refused_and_nothing_is_left()
    {
        string file = TestData.PathOf($"{Model}/tinystories-656k-f32.gguf");
        Should.Throw<ModelLoadException>(() => ModelConversion.Run(In("nowhere"), In("x"))).Message.ShouldContain("holds no language model");
        Should.Throw<ModelLoadException>(() => ModelConversion.Run(file, In("x"), new ModelConversionOptions { Type = "Q8_0" })).Message.ShouldContain("F32, F16 or BF16, not Q8_0");
        Should.Throw<IOException>(() => ModelConversion.Run(file, _folder)).Message.ShouldContain("is there already");
        using var stop = new CancellationTokenSource();
        var options = new ModelConversionOptions { OnProgress = (_, _) => stop.Cancel() };
        Should.Throw<OperationCanceledException>(() => ModelConversion.Run(file, In("x"), options, stop.Token));
        Directory.GetFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [FullDiskFact(Model)]
    public void A_full_disk_leaves_nothing_behind()
    {
        using SmallDisk disk = SmallDisk.TryMount(1 << 18)!;
        Should.Throw<IOException>(() => ModelConversion.Run(TestData.PathOf(Model), Path.Combine(disk.Path, "a.gguf")));
        Should.Throw<IOException>(() => ModelConversion.Run(TestData.PathOf($"{Model}/tinystories-656k-f32.gguf"), Path.Combine(disk.Path, "b")));
        Directory.GetFileSystemEntries(disk.Path).ShouldBeEmpty();
    }

    /// <summary>Two files of one model: the same tokens, ends, and greedy continuations to the bit.</summary>
    private static void Same(string first, string second)
    {
        LoadedLanguageModel a = LoadedLanguageModel.Open(first, Workers.Serial), b = LoadedLanguageModel.Open(second, Workers.Serial);
        b.EndTokens.ShouldBe(a.EndTokens, ignoreOrder: true);
        (b.BosToken, b.EosToken, b.Template is null).ShouldBe((a.BosToken, a.EosToken, a.Template is null));
        foreach (string text in s_texts)
        {
            b.Encode(text).ShouldBe(a.Encode(text), text);
            b.Tokenizer.Decode(b.Encode(text)).ShouldBe(a.Tokenizer.Decode(a.Encode(text)), text);
        }
        Logits(b, a.Encode(s_texts[0])).ShouldBe(Logits(a, a.Encode(s_texts[0])));
    }

    private static float[] Logits(LoadedLanguageModel model, int[] ids)
    {
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return model.Model.Call(scope.From<long>([.. ids.Select(id => (long)id)], new Shape(1, ids.Length))).ToArray<float>();
    }

    private static float[] All(ITensorSource source, string name)
    {
        Shape shape = source.ShapeOf(name);
        float[] values = new float[shape.Count];
        source.ReadRows(name, 0, shape[0], values);
        return values;
    }
}
