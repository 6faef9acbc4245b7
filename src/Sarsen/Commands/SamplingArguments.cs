using System.CommandLine;
using Sarsen.Text.Sampling;

namespace Sarsen.Commands;

/// <summary>The options of commands that generate text.</summary>
internal sealed class SamplingArguments
{
    private readonly Option<double> _temperature = new("--temperature") { Description = "Logits are divided by it; 0 takes the likeliest token.", HelpName = "t", DefaultValueFactory = _ => 0.8 };
    private readonly Option<int> _topK = new("--top-k") { Description = "Only so many of the likeliest tokens; 0 for all.", HelpName = "n", DefaultValueFactory = _ => 40 };
    private readonly Option<double> _topP = new("--top-p") { Description = "Only the likeliest tokens that reach this probability together.", HelpName = "p", DefaultValueFactory = _ => 0.95 };
    private readonly Option<double> _minP = new("--min-p") { Description = "Only tokens with this share of the likeliest one's probability.", HelpName = "p", DefaultValueFactory = _ => 0.05 };
    private readonly Option<double> _repetition = new("--repetition-penalty") { Description = "Above 1, tokens that were there come less often.", HelpName = "x", DefaultValueFactory = _ => 1 };
    private readonly Option<ulong> _seed = new("--seed") { Description = "The same seed gives the same answer.", HelpName = "n" };
    private readonly Option<string[]> _stop = new("--stop") { Description = "A text that ends the answer; may be given several times.", HelpName = "text" };

    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_temperature, _topK, _topP, _minP, _repetition, _seed, _stop])
            command.Add(option);
    }

    /// <exception cref="CommandException">A value is out of range.</exception>
    public SamplingOptions Options(ParseResult parsed)
    {
        var options = new SamplingOptions
        {
            Temperature = parsed.GetValue(_temperature),
            TopK = parsed.GetValue(_topK),
            TopP = parsed.GetValue(_topP),
            MinP = parsed.GetValue(_minP),
            RepetitionPenalty = parsed.GetValue(_repetition),
            Seed = parsed.GetValue(_seed),
        };
        try
        {
            options.Validate(1);
            return options;
        }
        catch (ArgumentOutOfRangeException e)
        {
            // «TopP is above 0 and at most 1 (Parameter …»: the option is the name in words.
            string message = e.Message.Split('\n')[0].Split(" (Parameter")[0];
            string option = string.Concat(e.ParamName!.Select((c, i) => i > 0 && char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
            throw new CommandException($"--{option}{message[e.ParamName!.Length..]}; it is {e.ActualValue}");
        }
    }

    public IReadOnlyList<string> Stop(ParseResult parsed) => parsed.GetValue(_stop) ?? [];
}
