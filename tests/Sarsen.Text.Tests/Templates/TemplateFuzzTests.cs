using System.Text;
using Sarsen.Testing;
using Sarsen.Text.Templates;

namespace Sarsen.Text.Tests.Templates;

/// <summary>Damaged templates: each ends with a text or a typed error, within its limits.</summary>
public class TemplateFuzzTests
{
    private const int Seed = 20250710, Fast = 2_000, Slow = 50_000;

    private static readonly TemplateOptions Options = new() { Limits = new TemplateLimits { MaxSteps = 20_000, MaxSize = 1 << 18 } };

    private static readonly ChatMessage[] Messages =
    [
        new() { Role = "system", Text = "Be brief." },
        new() { Role = "user", Text = "Grüße 🤗" },
        new() { Role = "assistant", ToolCalls = [new ChatToolCall("abcdef123", "f", """{"a": [1, 2.5, null]}""")] },
        new() { Role = "tool", Name = "f", ToolCallId = "abcdef123", Text = "x" },
    ];

    [DataFact(TemplateVectors.Folder)]
    public void DamagedTemplatesEndWithATextOrATypedError() => Run(Fast);

    [SlowFact(TemplateVectors.Folder)]
    public void ManyDamagedTemplatesEndWithATextOrATypedError() => Run(Slow);

    private static void Run(int rounds)
    {
        var random = new Random(Seed);
        string[] sources = [.. TemplateVectors.Models().Select(m => m.Source)];
        int texts = 0, errors = 0;
        for (int round = 0; round < rounds; round++)
        {
            string source = Damage(sources[random.Next(sources.Length)], sources[random.Next(sources.Length)], random);
            try
            {
                string text = ChatTemplate.Parse(source, Options).Render(Messages, bosToken: "<s>", eosToken: "</s>");
                text.Length.ShouldBeLessThanOrEqualTo(1 << 18);
                texts++;
            }
            catch (TemplateException)
            {
                errors++;
            }
        }
        // Both must happen, or the damage is of one kind only.
        texts.ShouldBeGreaterThan(rounds / 20);
        errors.ShouldBeGreaterThan(rounds / 20);
    }

    private static string Damage(string source, string other, Random random)
    {
        const string Marks = "{}%#-+()[]|.,:='\"\\~*/ \nif in not is 0 9";
        var text = new StringBuilder(source);
        for (int change = random.Next(1, 5); change > 0 && text.Length > 8; change--)
        {
            int at = random.Next(text.Length), length = Math.Min(random.Next(1, 40), text.Length - at);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, Math.Min(length, 3));
                    break;
                case 1:
                    text.Insert(at, Marks[random.Next(Marks.Length)]);
                    break;
                case 2:
                    text.Insert(random.Next(text.Length), text.ToString(at, length));
                    break;
                default:
                    int from = random.Next(Math.Max(1, other.Length - length));
                    text.Insert(at, other.AsSpan(from, Math.Min(length, other.Length - from)));
                    break;
            }
        }
        return text.ToString();
    }
}
