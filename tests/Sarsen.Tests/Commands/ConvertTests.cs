using Sarsen.Formats.Tests.Gguf;
using Sarsen.Testing;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class ConvertTests(TrainedModels models)
{
    private const string Model = "models/tinystories-656k";

    [DataFact(Model)]
    public void A_folder_becomes_a_file_with_fewer_bits_that_answers()
    {
        SarsenProcess.Ended ended = models.Run("convert", TestData.PathOf(Model), models.In("small.gguf"), "--type", "f16").ShouldSucceed();
        ended.Output.ShouldContain("small.gguf: 1.3 MiB of weights, 2.5 MiB before");
        ended = models.Run("quantize", models.In("small.gguf"), models.In("smaller.gguf"), "--type", "q8_0").ShouldSucceed();
        ended.Output.ShouldContain("Q8_0");
        models.Run("convert", models.In("smaller.gguf"), models.In("again")).ShouldSucceed();
        foreach (string path in new[] { "small.gguf", "again" })
        {
            models.Run("run", models.In(path), "Once upon a time, there was a little girl named Lily", "--temperature", "0", "--max-tokens", "8")
                .ShouldSucceed().Output.ShouldStartWith(". She was three years old");
        }
    }

    [DataFact(Model)]
    public void A_model_in_several_files_is_one_to_every_command()
    {
        string[] parts = GgufCut.Write(Path.Combine(TestData.PathOf(Model), "tinystories-656k-f16.gguf"), models.In("parts"), 4, 9, 7);
        string output = models.Run("inspect", parts[1]).ShouldSucceed().Output;
        output.ShouldContain("sharded GGUF 3: 20 tensors, 656,000 elements");
        output.ShouldNotContain("split.");
        models.Run("convert", parts[2], models.In("parts-folder")).ShouldSucceed();
        models.Run("quantize", parts[0], models.In("parts-q8.gguf"), "--type", "q8_0").ShouldSucceed().Output.ShouldContain("1.3 MiB before");
        foreach (string path in new[] { parts[1], models.In("parts-folder"), models.In("parts-q8.gguf") })
        {
            models.Run("run", path, "Once upon a time, there was a little girl named Lily", "--temperature", "0", "--max-tokens", "8")
                .ShouldSucceed().Output.ShouldStartWith(". She was three years old");
        }
    }

    [DataFact(Model)]
    public async Task What_cannot_be_written_is_refused()
    {
        string path = TestData.PathOf(Model);
        await models.RefuseAsync($"convert {path} ~/x.gguf --type Q4_KM", ExitCode.BadInput, "--type takes F32, F16, BF16, Q4_0, Q4_1");
        await models.RefuseAsync($"convert {path}/tinystories-656k-f32.gguf ~/x --type Q8_0", ExitCode.BadInput, "F32, F16 or BF16, not Q8_0");
        await models.RefuseAsync($"convert {path}/tinystories-656k-f32.gguf ~/", ExitCode.Failed, "is there already");
        await models.RefuseAsync($"quantize {path}/tinystories-656k-q8_0.gguf ~/x.gguf --type Q4_0", ExitCode.BadInput, "is Q8_0 already");
        await models.RefuseAsync($"quantize {path}/tinystories-656k-f32.gguf {path}/tinystories-656k-f32.gguf --type Q4_0", ExitCode.BadInput, "over itself");
        await models.RefuseAsync($"quantize {path}/tinystories-656k-f32.gguf ~/x.gguf", ExitCode.BadInput, "--type");
        await models.RefuseAsync("quantize ~/gone.gguf ~/x.gguf --type Q4_0", ExitCode.BadInput, "is no file: name a GGUF file; sarsen convert makes one of a folder");
        await models.RefuseAsync($"quantize {path} ~/x.gguf --type Q4_0", ExitCode.BadInput, "is no file: name a GGUF file");
        await models.RefuseAsync($"quantize {path}/tinystories-656k-f32.gguf ~/missing/x.gguf --type Q4_0", ExitCode.BadInput, "missing");
    }
}
