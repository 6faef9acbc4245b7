using System.CommandLine;
using System.Runtime.InteropServices;
using Sarsen.Chat;
using Sarsen.Serving.Language;

namespace Sarsen.Commands;

/// <summary><c>sarsen chat</c>: a conversation with a language model.</summary>
internal static class ChatCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "A GGUF file, or a folder with config.json, tokenizer.json and safetensors." };
        var system = new Option<string?>("--system") { Description = "Instructions before the conversation.", HelpName = "text" };
        var maxTokens = new Option<int?>("--max-tokens") { Description = "The most tokens of an answer; the rest of the context by default.", HelpName = "n" };
        var context = new Option<int?>("--context") { Description = "The most tokens of the conversation; the model's own by default.", HelpName = "n" };
        var kv = new KvOption();
        var sampling = new SamplingArguments();
        var command = new Verb("chat", "Converses with a language model; /help says what else can be said.",
            "sarsen chat model.gguf",
            "sarsen chat models/qwen --system 'Answer in one sentence.' --temperature 0.3")
        {
            model, system, maxTokens, context, kv,
        };
        // Ctrl-C stops the answer, not the program.
        command.EndsByInterrupt = false;
        sampling.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(maxTokens) is < 1 || parsed.GetValue(context) is < 2)
                throw new CommandException("--max-tokens takes a number from 1, --context one from 2");
            var generation = new GenerationOptions { MaxTokens = parsed.GetValue(maxTokens), Sampling = sampling.Options(parsed), Stop = sampling.Stop(parsed) };
            LoadedLanguageModel loaded = LoadedLanguageModel.Open(parsed.GetValue(model)!);
            if (loaded.Template is null)
                throw new CommandException($"'{loaded.Path}' has no chat template: it continues texts (sarsen run), it does not converse");
            await using var engine = new LanguageEngine(loaded, new LanguageEngineOptions { ContextLength = parsed.GetValue(context), KvType = parsed.GetValue(kv) });
            await ConverseAsync(new ChatSession(engine, generation, Console.Out, Console.Error) { System = parsed.GetValue(system) });
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task ConverseAsync(ChatSession session)
    {
        bool isLive = !Console.IsInputRedirected;
        using var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            if (!session.Interrupt())
                Console.Error.Write("\n(/exit ends)\n> ");
        });
        if (isLive)
            Console.Error.WriteLine("/help says what can be said beside questions, Ctrl-C stops an answer, /exit ends");
        var commands = new ChatCommands(session, Console.Error);
        var input = new ChatInput(Console.In, goesOn =>
        {
            if (isLive)
                Console.Error.Write(goesOn ? ". " : "> ");
        });
        while (input.Next() is { } text)
        {
            if (text.StartsWith('/'))
            {
                if (!await commands.RunAsync(text))
                    return;
            }
            else if (!string.IsNullOrWhiteSpace(text))
            {
                await session.SayAsync(text);
            }
        }
        if (isLive)
            Console.Error.WriteLine();
    }
}
