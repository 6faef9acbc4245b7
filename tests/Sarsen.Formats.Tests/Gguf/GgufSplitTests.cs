using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Formats.Tests.Gguf;

public sealed class GgufSplitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Five tensors of two types, each of values that are nowhere else.</summary>
    private string Whole(string name = "whole.gguf")
    {
        GgufTensorSpec[] tensors = [.. Enumerable.Range(0, 5).Select(i => new GgufTensorSpec($"t{i}", BlockTypes.Find(i % 2 == 0 ? "F32" : "Q8_0"), new Shape(i + 1, 32)))];
        using GgufWriter writer = GgufWriter.Create(_folder.File(name), [new("general.architecture", "llama"), new("general.name", "cut")], tensors);
        foreach ((GgufTensorSpec tensor, int i) in tensors.Select((t, i) => (t, i)))
            writer.Write(tensor.Name, [.. Enumerable.Range(0, (int)tensor.Shape.Count).Select(n => (float)((100 * i) + (n % 32)))]);
        writer.Commit();
        return _folder.File(name);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_part_opens_the_whole_model(int opened)
    {
        string whole = Whole();
        // The first may have the metadata and nothing else.
        string[] parts = GgufCut.Write(whole, _folder.File("cut"), 0, 2, 3);
        using GgufFile expected = GgufFile.Open(whole), actual = GgufFile.Open(parts[opened]);
        actual.Path.ShouldBe(parts[opened]);
        actual.Files.ShouldBe(parts);
        actual.Tensors.Select(t => (t.Name, t.Type, t.Shape, t.Bytes)).ShouldBe(expected.Tensors.Select(t => (t.Name, t.Type, t.Shape, t.Bytes)));
        actual.Tensors.Select(t => t.Part).ShouldBe([1, 1, 2, 2, 2]);
        actual.Metadata.Select(m => (m.Key, m.Value.ToString())).ShouldBe(expected.Metadata.Select(m => (m.Key, m.Value.ToString())));
        foreach (GgufTensor tensor in expected.Tensors)
        {
            (byte[] blocks, byte[] found) = (new byte[tensor.Bytes], new byte[tensor.Bytes]);
            expected.ReadBlocks(tensor.Name, 0, tensor.Shape[0], blocks);
            actual.ReadBlocks(tensor.Name, 0, tensor.Shape[0], found);
            found.ShouldBe(blocks);
            (float[] values, float[] read) = (new float[32], new float[32]);
            expected.ReadRows(tensor.Name, tensor.Shape[0] - 1, 1, values);
            actual.ReadRows(tensor.Name, tensor.Shape[0] - 1, 1, read);
            read.ShouldBe(values);
        }
    }

    [Fact]
    public void Parts_are_quantised_into_one_file_as_the_whole_is()
    {
        string whole = Whole();
        string[] parts = GgufCut.Write(whole, _folder.File("cut"), 2, 3);
        using GgufFile expected = GgufFile.Open(whole), cut = GgufFile.Open(parts[1]);
        GgufQuantiser.Run(expected, _folder.File("a.gguf"), GgufMixture.Find("Q4_0"), new GgufQuantiserOptions { Requantise = true });
        GgufQuantiser.Run(cut, _folder.File("b.gguf"), GgufMixture.Find("Q4_0"), new GgufQuantiserOptions { Requantise = true });
        File.ReadAllBytes(_folder.File("b.gguf")).ShouldBe(File.ReadAllBytes(_folder.File("a.gguf")));
        Should.Throw<ArgumentException>(() => GgufQuantiser.Run(cut, parts[0], GgufMixture.Find("Q4_0"))).Message.ShouldContain("over itself");
    }

    [Fact]
    public void The_files_of_a_model_are_known_by_the_name_of_one()
    {
        GgufFile.FilesOf("a/b-00002-of-00003.gguf").ShouldBe(["a/b-00001-of-00003.gguf", "a/b-00002-of-00003.gguf", "a/b-00003-of-00003.gguf"]);
        GgufFile.FilesOf("a/b-2-of-3.gguf").ShouldBe(["a/b-2-of-3.gguf"]);
    }

    [Fact]
    public void A_part_that_is_missing_is_named_with_the_cure()
    {
        string[] parts = GgufCut.Write(Whole(), _folder.File("cut"), 2, 2, 1);
        File.Delete(parts[1]);
        Refused(parts[2], parts[1], "part 2 of the 3 files of the model is missing: put all of them into one folder");
    }

    [Fact]
    public void A_part_under_another_name_is_told_its_own()
    {
        string[] parts = GgufCut.Write(Whole(), _folder.File("cut"), 2, 3);
        File.Copy(parts[1], _folder.File("renamed.gguf"));
        Refused(_folder.File("renamed.gguf"), "part 2 of 2", "call it NAME-00002-of-00002.gguf");
        File.Copy(parts[0], parts[1], overwrite: true);
        Refused(parts[1], "call it NAME-00001-of-00002.gguf");
        Refused(parts[0], parts[1], "is part 1 of 2, as its metadata says, and part 2 of 2 by its name");
    }

    [Fact]
    public void Tensors_that_are_there_twice_or_are_missing_are_told()
    {
        string whole = Whole();
        string[] parts = GgufCut.Write(whole, _folder.File("cut"), 2, 3);
        using GgufFile file = GgufFile.Open(whole);
        GgufCut.Write(parts[1], file, [.. file.Tensors.Skip(1).Take(3)], [], 1, 2, 5);
        Refused(parts[0], parts[1], "'t1' is in cut-00001-of-00002.gguf as well");
        GgufCut.Write(parts[1], file, [.. file.Tensors.Skip(3)], [], 1, 2, 5);
        Refused(parts[0], "the 2 files hold 4 tensors, and 'split.tensors.count' says 5");
        GgufCut.Write(parts[1], file, [.. file.Tensors.Skip(3)], [], 1, 2, 4);
        Refused(parts[0], "'split.tensors.count' is 4, and 5 in cut-00001-of-00002.gguf");
        GgufCut.Write(parts[0], file, [.. file.Tensors.Take(2)], [], 0, 0, 5);
        Refused(parts[0], "'split.count' is 0: a model has 1 to");
    }

    [Fact]
    public void A_damaged_part_is_the_one_that_is_named()
    {
        string[] parts = GgufCut.Write(Whole(), _folder.File("cut"), 2, 3);
        File.WriteAllBytes(parts[1], File.ReadAllBytes(parts[1])[..^40]);
        Refused(parts[0], parts[1], "cut off");
    }

    private static void Refused(string path, params string[] words)
    {
        string message = Should.Throw<ModelFormatException>(() => GgufFile.Open(path)).Message;
        foreach (string word in words)
            message.ShouldContain(word);
    }
}
