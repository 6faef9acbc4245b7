using System.CommandLine;
using Sarsen.Formats;
using Sarsen.Serving.Language.Conversion;
using Sarsen.Terminal;

namespace Sarsen.Commands;

/// <summary><c>sarsen convert</c>: a language model's folder as a GGUF file, or the other way round.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var from = new Argument<string>("in") { Description = "A folder with config.json, tokenizer.json and safetensors, or a GGUF file." };
        var to = new Argument<string>("out") { Description = "The GGUF file to write, or the folder, which must not be there yet." };
        var type = new Option<string?>("--type") { Description = $"What weights become: in a folder F32, F16 or BF16, in a GGUF file also {string.Join(", ", GgufMixture.Names.Skip(3))}. As most of them are by default.", HelpName = "type" };
        var command = new Verb("convert", "Makes a GGUF file of a language model's folder, or a folder of a GGUF file.",
            "sarsen convert models/tinystories tinystories.gguf --type Q8_0",
            "sarsen convert tinystories.gguf models/tinystories-again")
        {
            from, to, type,
        };
        command.SetAction((parsed, stop) =>
        {
            (string source, string path) = (parsed.GetValue(from)!, parsed.GetValue(to)!);
            string? types = parsed.GetValue(type) is { } name ? MixtureOption.Read(name).Name : null;
            IReadOnlyList<string> notes = WritingView.Watch(path, progress => ModelConversion.Run(source, path, new ModelConversionOptions { Type = types, OnProgress = progress }, stop));
            foreach (string note in notes)
                Console.Error.WriteLine($"sarsen: note: {note}");
            WritingView.Conclude(path, ModelInspection.Of(source).Bytes);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
