using System.CommandLine;
using Sarsen.Formats;
using Sarsen.Terminal;

namespace Sarsen.Commands;

/// <summary><c>sarsen quantize</c>: a GGUF file with fewer bits.</summary>
internal static class QuantizeCommand
{
    public static Command Create()
    {
        var from = new Argument<string>("in") { Description = "A GGUF file, or one of several that make a model, best of F32, F16 or BF16." };
        var to = new Argument<string>("out") { Description = "The file to write." };
        var type = new Option<string>("--type") { Description = $"What the weights become: {string.Join(", ", GgufMixture.Names)}.", Required = true, HelpName = "type" };
        var again = new Option<bool>("--requantize") { Description = "Round weights that have few bits already once more." };
        var command = new Verb("quantize", "Writes a GGUF file anew with other types of weights.",
            "sarsen quantize model-f16.gguf model-q4.gguf --type Q4_K_M",
            "sarsen quantize model-f32.gguf model-q8.gguf --type Q8_0")
        {
            from, to, type, again,
        };
        command.SetAction((parsed, stop) =>
        {
            string source = parsed.GetValue(from)!;
            if (!File.Exists(source))
                throw new CommandException($"'{source}' is no file: name a GGUF file; sarsen convert makes one of a folder with {HuggingFaceFolder.ConfigName} and safetensors");
            using GgufFile file = GgufFile.Open(source);
            string path = parsed.GetValue(to)!;
            if (file.Files.Any(part => Path.GetFullPath(path) == Path.GetFullPath(part)))
                throw new CommandException($"'{path}' would be written over itself: give another name");
            GgufMixture mixture = MixtureOption.Read(parsed.GetValue(type)!);
            IReadOnlyList<string> notes = WritingView.Watch(path, progress =>
                GgufQuantiser.Run(file, path, mixture, new GgufQuantiserOptions { Requantise = parsed.GetValue(again), OnProgress = progress }, stop));
            foreach (string note in notes)
                Console.Error.WriteLine($"sarsen: note: {note}");
            WritingView.Conclude(path, ModelInspection.Of(file.Path).Bytes);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
