using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Sarsen.Formats;
using Sarsen.Samples;
using Sarsen.Tensors;
using Sarsen.Testing;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests;

/// <summary>The pages for those who come from elsewhere show programs that run.</summary>
public sealed class ComingFromTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("coming-from-pytorch.md", "FromPyTorch.cs")]
    [InlineData("coming-from-keras.md", "FromKeras.cs")]
    public void The_page_shows_the_program(string page, string program)
    {
        string text = File.ReadAllText(Repository.PathOf("samples", "code", program)).ReplaceLineEndings("\n");
        string code = Regex.Match(text, "// The page begins here.\n(.*?)\n *// The page ends here.", RegexOptions.Singleline).Groups[1].Value;
        Block(page, "csharp").ShouldBe(Regex.Replace(code, "^        ", "", RegexOptions.Multiline));
    }

    [Fact]
    public void The_program_beside_PyTorchs_learns_and_its_weights_are_read_again()
    {
        (Tensor x, Tensor y) = Digits();
        string file = Path.Combine(_folder, "model.safetensors");

        FromPyTorch.Train(x, y, file).ShouldBeGreaterThan(0.97);

        using SafetensorsFile weights = SafetensorsFile.Open(file);
        foreach (string name in (ReadOnlySpan<string>)["0.weight", "0.bias", "3.weight", "3.bias"])
            weights.Contains(name).ShouldBeTrue(name);
    }

    [Fact]
    public void The_program_beside_Kerass_learns_and_the_spec_is_the_same_run()
    {
        string digits = Repository.PathOf("samples", "digits", "digits.csv.gz"), spec = Path.Combine(_folder, "digits.yaml");
        File.WriteAllText(spec, Block("coming-from-keras.md", "yaml"));

        double accuracy = FromKeras.Train(digits, Path.Combine(_folder, "code"));
        RunResult result = TrainingRun.Start(RunSpec.Load(spec, $"data.source.csv.path={digits}"), new RunOptions { Folder = Path.Combine(_folder, "spec") });

        accuracy.ShouldBeGreaterThan(0.93);
        result.Test!["accuracy"].Value!.Value.ShouldBe(accuracy);
        File.ReadAllText(Path.Combine(_folder, "spec", "spec.yaml")).ShouldBe(File.ReadAllText(Path.Combine(_folder, "code", "spec.yaml")));
    }

    private static string Block(string page, string language) =>
        Regex.Match(File.ReadAllText(Repository.PathOf("docs", page)).ReplaceLineEndings("\n"), $"```{language}\n(.*?)\n```", RegexOptions.Singleline).Groups[1].Value;

    // (N, 64) from 0 to 1, and the digits.
    private static (Tensor X, Tensor Y) Digits()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Repository.PathOf("samples", "digits", "digits.csv.gz")), CompressionMode.Decompress));
        float[][] rows = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',').Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray())];
        return (Tensor.From([.. rows.SelectMany(r => r[..64].Select(v => v / 16))], new Shape(rows.Length, 64)), Tensor.From([.. rows.Select(r => (long)r[64])], new Shape(rows.Length)));
    }
}
