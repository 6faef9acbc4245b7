using System.CommandLine;
using System.Globalization;
using Sarsen.Serving.Language;
using Sarsen.Text.Templates;

namespace Sarsen.Commands;

/// <summary><c>sarsen run</c>: a language model's answer to one prompt, as it comes.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "A GGUF file, a folder with config.json, tokenizer.json and safetensors, or a run that trained a language model." };
        var prompt = new Argument<string>("prompt") { Description = "What the model is told; - reads it from the standard input." };
        var raw = new Option<bool>("--raw") { Description = "Continue the prompt as it stands, without the model's chat template." };
        var system = new Option<string?>("--system") { Description = "Instructions before the prompt, where the model has a chat template.", HelpName = "text" };
        var maxTokens = new Option<int?>("--max-tokens") { Description = "The most tokens of the answer; the rest of the context by default.", HelpName = "n" };
        var kv = new KvOption();
        var sampling = new SamplingArguments();
        var command = new Verb("run", "Prints a language model's answer to a prompt.",
            "sarsen run model.gguf 'Why is the sky blue?'",
            "sarsen run models/tinystories 'Once upon a time' --raw --temperature 0 --max-tokens 100")
        {
            model, prompt, raw, system, maxTokens, kv,
        };
        sampling.AddTo(command);
        command.SetAction((parsed, stop) =>
        {
            string text = parsed.GetValue(prompt)! is var given && given == "-" ? Console.In.ReadToEnd() : given;
            LoadedLanguageModel loaded = LoadedLanguageModel.Open(ModelPath.OfLanguage(parsed.GetValue(model)!));
            bool asChat = !parsed.GetValue(raw) && loaded.Template is not null;
            if (!asChat && parsed.GetValue(system) is not null)
                throw new CommandException("--system needs the model's chat template: this model has none, or --raw leaves it out");
            int[] tokens = asChat ? loaded.Encode(Messages(parsed.GetValue(system), text)) : loaded.Encode(text);
            var options = new GenerationOptions { MaxTokens = parsed.GetValue(maxTokens), Continues = !asChat, Sampling = sampling.Options(parsed), Stop = sampling.Stop(parsed) };
            using var generator = new TextGenerator(loaded, type: parsed.GetValue(kv));
            GenerationResult result = generator.Generate(tokens, options, piece => Console.Out.Write(piece), stop);
            Console.Out.WriteLine();
            Console.Error.WriteLine(Line(result));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static List<ChatMessage> Messages(string? system, string text)
    {
        List<ChatMessage> messages = system is null ? [] : [new ChatMessage { Role = "system", Text = system }];
        messages.Add(new ChatMessage { Role = "user", Text = text });
        return messages;
    }

    private static string Line(GenerationResult r) => string.Create(CultureInfo.InvariantCulture,
        $"{r.PromptTokens} tokens read in {r.PromptTime.TotalSeconds:0.00} s, {r.AnswerTokens} written at {(r.AnswerTokens - 1) / Math.Max(r.AnswerTime.TotalSeconds, 1e-9):0.0} tokens/s; ended by {(r.Reason == FinishReason.Stop ? "itself" : "its length")}");
}
