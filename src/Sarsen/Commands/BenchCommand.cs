using System.CommandLine;
using System.Globalization;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Measuring;
using Sarsen.Tensors.Threads;
using Sarsen.Terminal;

namespace Sarsen.Commands;

/// <summary><c>sarsen bench</c>: how fast this machine is.</summary>
internal static class BenchCommand
{
    private static readonly LanguageBenchOptions s_usual = new();

    public static Command Create() => new Verb("bench", "Measures models on this machine.", "sarsen bench llm model.gguf") { Language() };

    private static Command Language()
    {
        var model = new Argument<string>("model") { Description = "A GGUF file, a folder with config.json, tokenizer.json and safetensors, or a run that trained a language model." };
        var prompt = new Option<int>("--prompt") { Description = "Tokens of a prompt.", HelpName = "n", DefaultValueFactory = _ => s_usual.Prompt };
        var generate = new Option<int>("--generate") { Description = "Tokens that are generated.", HelpName = "n", DefaultValueFactory = _ => s_usual.Generate };
        var clients = new Option<string>("--clients") { Description = "How many clients ask a server at the same time, a row each; 0 leaves the server out.", HelpName = "n,n", DefaultValueFactory = _ => string.Join(',', s_usual.Clients) };
        var threads = new Option<int?>("--threads") { Description = "Threads that compute; all of the process by default.", HelpName = "n" };
        var rounds = new Option<int>("--rounds") { Description = "How often each is measured, behind a first time that does not count.", HelpName = "n", DefaultValueFactory = _ => s_usual.Rounds };
        var kv = new KvOption();
        var json = new Option<bool>("--json") { Description = "Print a JSON object a row, as soon as it is measured." };
        var command = new Verb("llm", "Measures a language model: reading prompts, generating, and serving several clients; and its memory.",
            "sarsen bench llm model.gguf",
            "sarsen bench llm models/tinystories --prompt 256 --generate 64 --clients 1,8 --json")
        {
            model, prompt, generate, clients, threads, rounds, kv, json,
        };
        command.SetAction(async (parsed, stop) =>
        {
            var options = new LanguageBenchOptions
            {
                Prompt = AtLeastOne(parsed, prompt),
                Generate = AtLeastOne(parsed, generate),
                Clients = Clients(parsed.GetValue(clients)!),
                Rounds = AtLeastOne(parsed, rounds),
                KvType = parsed.GetValue(kv),
                Workers = Threads(parsed.GetValue(threads)),
            };
            LoadedLanguageModel loaded = LoadedLanguageModel.Open(ModelPath.OfLanguage(parsed.GetValue(model)!), options.Workers);
            int context = loaded.Model.ContextLength;
            if ((long)options.Prompt + options.Generate > context)
                throw new CommandException($"a prompt of {options.Prompt} and an answer of {options.Generate} tokens are longer than the model's context of {context}: give less with --prompt or --generate");
            await new LanguageBenchView(loaded, options).RunAsync(parsed.GetValue(json), stop);
            return ExitCode.Done;
        });
        return command;
    }

    private static int AtLeastOne(ParseResult parsed, Option<int> option) =>
        parsed.GetValue(option) is >= 1 and int value ? value : throw new CommandException($"{option.Name} takes a number from 1; found {parsed.GetValue(option)}");

    private static int[] Clients(string text)
    {
        if (text == "0")
            return [];
        string[] words = text.Split(',', StringSplitOptions.TrimEntries);
        return [.. words.Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= LanguageBenchOptions.MostClients ? count
            : throw new CommandException($"--clients takes numbers from 1 to {LanguageBenchOptions.MostClients}, such as 1,4,8, or 0; found '{text}'"))];
    }

    private static Workers Threads(int? count) =>
        count is null ? Workers.Shared
        : count >= 1 && count <= Workers.Shared.Count ? Workers.Shared.Take(count.Value)
        : throw new CommandException($"--threads takes a number from 1 to the {Workers.Shared.Count} of this process; found {count}. The variable {Workers.ThreadsVariable} sets how many it has");
}
