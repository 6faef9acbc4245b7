using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sarsen.Formats;

namespace Sarsen;

/// <summary>What is wrong with a command line, in a sentence with the nearest right word; null for nothing.</summary>
internal static class CommandLineMistake
{
    public static string? Find(ParseResult parsed)
    {
        if (parsed.Action is { ClearsParseErrors: true })
            return null;
        CommandResult command = parsed.CommandResult;
        if (UnknownOption(parsed) is { } option)
            return option;
        string called = Called(command);
        if (parsed.UnmatchedTokens is [{ } stray, ..])
        {
            return command.Command.Subcommands.Count > 0
                ? $"there is no command '{called} {stray}'{Near(stray, command.Command.Subcommands.Select(c => c.Name))}"
                : $"'{stray}' is one word more than '{called}' takes{(command.Command.Arguments.Count > 0 ? "" : ": it has options only")}";
        }
        foreach (ParseError error in parsed.Errors)
        {
            switch (error.SymbolResult)
            {
                case OptionResult { Tokens: [] } missing:
                    return $"{missing.Option.Name} takes a value: {missing.Option.Name} <{missing.Option.HelpName ?? missing.Option.Name.TrimStart('-')}>";
                case OptionResult { Tokens: [{ } token, ..] } wrong:
                    return Mistyped(wrong.Option, token.Value);
                case ArgumentResult { Tokens: [] } absent when absent.Parent is OptionResult owner:
                    return Mistyped(owner.Option, "");
                case ArgumentResult { Tokens: [{ } token, ..] } argument when argument.Parent is OptionResult owner:
                    return Mistyped(owner.Option, token.Value);
            }
        }
        string[] needed = [.. command.Command.Arguments.Where(a => a.Arity.MinimumNumberOfValues > 0 && command.GetResult(a) is not { Tokens.Count: > 0 }).Select(a => $"<{a.Name}>")];
        if (needed.Length > 0)
            return $"'{called}' needs {string.Join(" and ", needed)}";
        return parsed.Errors is [{ } first, ..] ? first.Message : null;
    }

    /// <summary>The words by which a command is called: <c>sarsen models list</c>.</summary>
    public static string Called(CommandResult command) =>
        command.Parent is CommandResult above ? $"{Called(above)} {command.Command.Name}" : command.Command.Name;

    // A mistyped option is taken for an argument or for the value of the option before it, and the program would look for
    // a file of that name.
    private static string? UnknownOption(ParseResult parsed)
    {
        CommandResult command = parsed.CommandResult;
        string? word = command.Children.SelectMany(c => c.Tokens).Select(t => t.Value).Concat(parsed.UnmatchedTokens)
            .FirstOrDefault(w => w.StartsWith("--", StringComparison.Ordinal) && w.Length > 2);
        if (word is null)
            return null;
        string name = word.Split('=')[0];
        string[] known = [.. command.Command.Options.Where(o => !o.Hidden).Select(o => o.Name)];
        return known.Contains(name)
            ? $"the option before {name} takes a value, and found that"
            : $"'{Called(command)}' has no option {name}{Near(name, known)}";
    }

    private static string Mistyped(Option option, string found)
    {
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        if (type.IsEnum)
        {
            string[] words = [.. Enum.GetNames(type).Select(n => n.ToLowerInvariant())];
            return $"{option.Name} takes {string.Join(", ", words[..^1])} or {words[^1]}; found '{found}'{Near(found, words)}";
        }
        string what = type == typeof(int) ? "a whole number" : "another value";
        return string.Create(CultureInfo.InvariantCulture, $"{option.Name} takes {what}; found '{found}'");
    }

    private static string Near(string word, IEnumerable<string> known)
    {
        string[] words = [.. known];
        return Suggestion.Nearest(word, words) is { } near ? $"; did you mean '{near}'?" : $"; there are {string.Join(", ", words)}";
    }
}
