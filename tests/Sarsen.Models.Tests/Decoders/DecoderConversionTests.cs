using Sarsen.Formats;
using Sarsen.Formats.Blocks;
using Sarsen.Models.Decoders;
using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Models.Tests.Decoders;

public sealed class DecoderConversionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-conversion-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Families => [.. DecoderGolden.All.Select(g => g.Name)];

    /// <summary>Of the goldens' configurations what GGUF has a way to say: of Gemma 3 it does not tell the scalar of the scores.</summary>
    private HuggingFaceFolder Folder(DecoderGolden golden)
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), golden.Config.Replace("\"query_pre_attn_scalar\": 9", "\"query_pre_attn_scalar\": 8", StringComparison.Ordinal));
        return HuggingFaceFolder.Read(_folder);
    }

    private static float[] Logits(LanguageModel model)
    {
        long[] ids = [.. Enumerable.Range(0, DecoderGolden.Length).Select(t => (7L + (3 * t * t) + t) % model.VocabSize)];
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return model.Call(scope.From<long>(ids, new Shape(1, ids.Length))).ToArray<float>();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_folder_becomes_a_gguf_and_a_folder_again(string name)
    {
        DecoderGolden golden = DecoderGolden.All.Single(g => g.Name == name);
        HuggingFaceFolder folder = Folder(golden);
        using var source = new FormulaSource(golden);
        float[] expected = Logits(DecoderFiles.Load(folder, source));

        var conversion = DecoderConversion.ToGguf(folder, source);
        string path = Path.Combine(_folder, "a.gguf");
        using (GgufWriter writer = GgufWriter.Create(path, conversion.Metadata, [.. conversion.Tensors.Select(t => new GgufTensorSpec(t.Name, BlockTypes.Find("F32"), t.Shape))]))
        {
            foreach ((string tensor, Shape shape) in conversion.Tensors)
                writer.Write(tensor, All(conversion.Source, tensor, shape));
            writer.Commit();
        }
        using GgufFile file = GgufFile.Open(path);
        Logits(DecoderFiles.Load(file)).ShouldBe(expected);

        var back = DecoderConversion.ToHuggingFace(file);
        back.Config.ShouldBe(conversion.Config);
        back.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal).ShouldBe(golden.Tensors.Select(t => t.Name));
        // Weights that are stored less one are rounded once more.
        float error = name.StartsWith("gemma", StringComparison.Ordinal) ? 1e-7f : 0;
        foreach ((string tensor, Shape shape) in back.Tensors)
        {
            (float[] old, float[] made) = (All(source, tensor, source.ShapeOf(tensor)), All(back.Source, tensor, shape));
            shape.ShouldBe(source.ShapeOf(tensor));
            for (int i = 0; i < old.Length; i++)
                Math.Abs(made[i] - old[i]).ShouldBeLessThanOrEqualTo(error, tensor);
        }
        File.WriteAllText(Path.Combine(_folder, "config.json"), back.Json!.ToJsonString());
        Logits(DecoderFiles.Load(HuggingFaceFolder.Read(_folder), back.Source)).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void The_parameters_are_known_without_the_model(string name)
    {
        DecoderGolden golden = DecoderGolden.All.Single(g => g.Name == name);
        using var source = new FormulaSource(golden);
        HuggingFaceFolder folder = Folder(golden);
        DecoderConfig config = DecoderConversion.ToGguf(folder, source).Config;
        DecoderParameters.Of(config).ShouldBe(new DecoderModel(config).State().Select(s => (s.Name, s.Value.Shape)));
    }

    [Fact]
    public void What_the_other_kind_cannot_say_is_refused_by_name()
    {
        DecoderGolden golden = DecoderGolden.All.Single(g => g.Name == "llama");
        File.WriteAllText(Path.Combine(_folder, "config.json"), golden.Config.Replace("silu", "gelu", StringComparison.Ordinal));
        using var source = new FormulaSource(golden);
        Should.Throw<ModelFormatException>(() => DecoderConversion.ToGguf(HuggingFaceFolder.Read(_folder), source)).Message.ShouldContain("HiddenAct Gelu would become Silu");
    }

    private static float[] All(ITensorSource source, string name, in Shape shape)
    {
        // In two pieces, so that rows are found from anywhere.
        float[] values = new float[shape.Count];
        long half = shape[0] / 2, width = shape.Count / shape[0];
        source.ReadRows(name, 0, half, values.AsSpan(0, (int)(half * width)));
        source.ReadRows(name, half, shape[0] - half, values.AsSpan((int)(half * width)));
        return values;
    }
}
