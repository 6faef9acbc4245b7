using System.Text.Json;
using Sarsen.Testing;
using Sarsen.Text.Templates;

namespace Sarsen.Text.Tests.Templates;

/// <summary>The vectors of @huggingface/jinja: real models' templates with conversations, and single constructs.</summary>
public class TemplateVectorTests
{
    [DataFact(TemplateVectors.Folder)]
    public void EveryConversationIsWrittenAsExpected()
    {
        List<JsonElement> cases = TemplateVectors.Read("chat_templates_e2e.json");
        cases.Count.ShouldBe(53);
        Failures(cases, "chat_template").ShouldBeEmpty();
    }

    [DataFact(TemplateVectors.Folder)]
    public void EveryConstructGivesWhatIsExpected()
    {
        // Four need functions of a host, which templates have none of here.
        List<JsonElement> cases = [.. TemplateVectors.Read("jinja_unit.json").Where(c => !c.TryGetProperty("has_function", out _))];
        cases.Count.ShouldBe(157);
        Failures(cases, "template").ShouldBeEmpty();
    }

    private static List<string> Failures(List<JsonElement> cases, string template)
    {
        var failures = new List<string>();
        foreach (JsonElement vector in cases)
        {
            string name = vector.GetProperty("name").GetString()!, expected = vector.GetProperty("target").GetString()!;
            try
            {
                string text = Template.Parse(vector.GetProperty(template).GetString()!, TemplateVectors.Options)
                    .Render(TemplateVectors.Variables(vector.GetProperty("data")));
                if (text != expected)
                    failures.Add($"{name}:\n{text}\nexpected\n{expected}");
            }
            catch (TemplateException e)
            {
                failures.Add($"{name}: {e.Message}");
            }
        }
        return failures;
    }
}
