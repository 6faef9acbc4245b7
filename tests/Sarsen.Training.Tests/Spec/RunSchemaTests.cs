using System.Text.Json.Nodes;
using Sarsen.Testing;
using Sarsen.Training.Spec;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Tests.Spec;

/// <summary>The schema of runs that editors complete specs by: what is committed is what the program reads.</summary>
public sealed class RunSchemaTests
{
    private static readonly string File = Repository.PathOf("docs", "spec.schema.json");

    [Fact]
    public void The_committed_schema_is_that_of_the_program() =>
        System.IO.File.ReadAllText(File).ShouldBe(SpecSchema.Generate(typeof(RunSpec), RunSpec.Choices),
            "write it anew: dotnet run -c Release --project src/Sarsen -- train --schema > docs/spec.schema.json");

    [Fact]
    public void Every_sample_is_accepted_and_points_to_it()
    {
        var schema = new JsonSchemaCheck((JsonObject)JsonNode.Parse(System.IO.File.ReadAllText(File))!);
        foreach (string sample in Directory.EnumerateFiles(Repository.PathOf("samples"), "*.yaml"))
        {
            var errors = new SpecErrors(SpecLimits.Default);
            SpecNode node = YamlReader.Read(SpecText.Read(sample), errors, SpecLimits.Default).ShouldNotBeNull();
            schema.Accepts(node.ToJson()).ShouldBeTrue(sample);
            System.IO.File.ReadLines(sample).First().ShouldBe("# yaml-language-server: $schema=../docs/spec.schema.json");
        }
    }

    [Fact]
    public void Every_setting_of_every_choice_is_described()
    {
        foreach ((string name, JsonNode? definition) in (JsonObject)JsonNode.Parse(System.IO.File.ReadAllText(File))!["$defs"]!)
        {
            foreach ((string property, JsonNode? rule) in definition!["properties"] as JsonObject ?? [])
            {
                if (definition["maxProperties"] is null)
                    (rule!["description"] ?? rule["$ref"]).ShouldNotBeNull($"{name}.{property}");
            }
        }
    }
}
