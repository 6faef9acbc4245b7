using System.CommandLine;
using Sarsen.Commands;

namespace Sarsen.Tests.Commands;

public class HelpTests
{
    [Fact]
    public void The_help_of_every_command_closes_with_examples_that_parse()
    {
        RootCommand root = Root.Create();
        foreach (string[] path in Paths(root, []))
        {
            var text = new StringWriter();
            root.Parse([.. path, "--help"]).Invoke(new InvocationConfiguration { Output = text }).ShouldBe(0);
            string[] lines = text.ToString().Split('\n', StringSplitOptions.TrimEntries);
            string[] examples = [.. lines.SkipWhile(l => l is not ("Example:" or "Examples:")).Skip(1).Where(l => l.Length > 0)];
            examples.ShouldNotBeEmpty(string.Join(' ', path));
            foreach (string example in examples)
            {
                example.ShouldStartWith(string.Join(' ', ["sarsen", .. path]));
                // As a shell splits it.
                ParseResult parsed = root.Parse(ShellWords.Split(example)[1..]);
                parsed.Errors.ShouldBeEmpty(example);
                CommandLineMistake.Find(parsed).ShouldBeNull(example);
            }
        }
    }

    [Fact]
    public void Help_is_given_for_a_line_that_is_not_whole() =>
        CommandLineMistake.Find(Root.Create().Parse(["predict", "--help"])).ShouldBeNull();

    [Theory]
    [InlineData("trian spec.yaml", "there is no command 'sarsen trian'; did you mean 'train'?")]
    [InlineData("models lst", "there is no command 'sarsen models lst'; did you mean 'list'?")]
    [InlineData("keys make", "there is no command 'sarsen keys make'; there are create, list, revoke")]
    [InlineData("quickstart --onse", "'sarsen quickstart' has no option --onse; did you mean '--once'?")]
    [InlineData("train --overwite spec.yaml", "'sarsen train' has no option --overwite; did you mean '--overwrite'?")]
    [InlineData("train --overwite", "'sarsen train' has no option --overwite; did you mean '--overwrite'?")]
    [InlineData("train spec.yaml --run --ressume x", "'sarsen train' has no option --ressume; did you mean '--resume'?")]
    [InlineData("serve --prot=80", "'sarsen serve' has no option --prot; did you mean '--port'?")]
    [InlineData("train --set", "--set takes a value: --set <path=value>")]
    [InlineData("serve --port", "--port takes a value: --port <port>")]
    [InlineData("serve --port abc", "--port takes a whole number; found 'abc'")]
    [InlineData("deploy m --replicas many", "--replicas takes a whole number; found 'many'")]
    [InlineData("evaluate m --part tset", "--part takes test, validation or training; found 'tset'; did you mean 'test'?")]
    [InlineData("keys create a --role root", "--role takes user or admin; found 'root'; there are user, admin")]
    [InlineData("serve --kv q8", "--kv takes f32, f16 or q8_0; found 'q8'; did you mean 'q8_0'?")]
    [InlineData("train a.yaml b.yaml", "'b.yaml' is one word more than 'sarsen train' takes")]
    [InlineData("models alias m", "'sarsen models alias' needs <alias> and <version>")]
    public void A_mistake_is_answered_with_the_nearest_word(string line, string answer) =>
        CommandLineMistake.Find(Root.Create().Parse(line)).ShouldBe(answer);

    private static IEnumerable<string[]> Paths(Command command, string[] path) =>
        command.Subcommands.SelectMany(c => Paths(c, [.. path, c.Name])).Prepend(path);
}
