using System.Text.Json.Nodes;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Spec;

public sealed class SpecSchemaTests
{
    private static readonly string Text = SpecSchema.Generate(typeof(RunSpec), SampleRooms.Sets);
    private static readonly JsonObject Schema = (JsonObject)JsonNode.Parse(Text)!;

    private const string Good = """
        {"data": {"source": {"csv": "a.csv"}, "split": {}}, "model": {"layers": ["flatten"]}, "train": {"loss": "mse"}}
        """;

    // JSON is YAML: each case is read by both, and both must say the same.
    [Theory]
    [InlineData("name", "\"a\"", true)]
    [InlineData("name", "3", false)]
    [InlineData("name", "null", false)]
    [InlineData("seed", "18446744073709551615", true)]
    [InlineData("seed", "-1", false)]
    [InlineData("threads", "2.0", true)]
    [InlineData("threads", "1e1", true)]
    [InlineData("threads", "1e-30", false)]
    [InlineData("threads", "2.5", false)]
    [InlineData("threads", "5000", false)]
    [InlineData("threads", "\"2\"", false)]
    [InlineData("nothing", "1", false)]
    [InlineData("data", "{}", false)]
    [InlineData("data", "null", false)]
    [InlineData("data.target", "\"y\"", true)]
    [InlineData("data.target", "[\"y\", \"z\"]", true)]
    [InlineData("data.target", "[]", true)]
    [InlineData("data.target", "[3]", false)]
    [InlineData("data.features", "null", true)]
    [InlineData("data.features", "[]", false)]
    [InlineData("data.validation", "null", true)]
    [InlineData("data.source", "\"csv\"", false)]
    [InlineData("data.source", "{\"csv\": null}", false)]
    [InlineData("data.source", "{\"csv\": {\"path\": \"a\", \"types\": {\"x\": \"same\"}}}", true)]
    [InlineData("data.source", "{\"csv\": {\"path\": \"a\", \"types\": {\"x\": \"sane\"}}}", false)]
    [InlineData("data.split", "{\"stratify\": \"yes\"}", false)]
    [InlineData("model.layers", "[\"flatten\", {\"flatten\": null}, {\"flatten\": {}}]", true)]
    [InlineData("model.layers", "\"flatten\"", false)]
    [InlineData("model.layers", "[\"conv2d\"]", false)]
    [InlineData("model.layers", "[{\"conv2d\": {\"filters\": 8, \"kernel\": 3}}]", true)]
    [InlineData("model.layers", "[{\"conv2d\": {\"filters\": 8, \"kernel\": [3, 5]}}]", true)]
    [InlineData("model.layers", "[{\"conv2d\": {\"filters\": 8, \"kernel\": [3, 5, 7]}}]", false)]
    [InlineData("model.layers", "[{\"conv2d\": {\"filters\": 8, \"kernel\": 0}}]", false)]
    [InlineData("model.layers", "[{\"conv2d\": 8}]", false)]
    [InlineData("model.layers", "[{\"dense\": 8}, {\"linear\": {\"out_features\": 2, \"dropout\": 0.5}}]", true)]
    [InlineData("model.layers", "[{\"dense\": {\"out_features\": 2, \"dropout\": 1.5}}]", false)]
    [InlineData("model.layers", "[{\"dense\": \"8\"}]", false)]
    [InlineData("model.layers", "[{\"flatten\": {}, \"dense\": 8}]", false)]
    [InlineData("model.layers", "[{}]", false)]
    [InlineData("model.layers", "[{\"residual\": [{\"residual\": [{\"dense\": 2}]}]}]", true)]
    [InlineData("model.layers", "[{\"residual\": []}]", false)]
    [InlineData("model.initialisation", "{\"weights\": \"he_uniform\", \"biases\": {\"constant\": 0.1}}", true)]
    [InlineData("train.loss", "\"categorical_crossentropy\"", true)]
    [InlineData("train.loss", "\"crossentropy\"", false)]
    [InlineData("train.loss", "{\"huber\": 2}", true)]
    [InlineData("train.loss", "{\"huber\": 0}", false)]
    [InlineData("train.optimizer", "{\"adam\": {\"betas\": [0.9, 0.99]}}", true)]
    [InlineData("train.optimizer", "{\"adam\": {\"betas\": 0.9}}", false)]
    [InlineData("train.optimizer", "{\"adam\": {\"betas\": [0.9, 1]}}", false)]
    [InlineData("train.optimizer", "{\"sgd\": 0.1}", true)]
    [InlineData("train.optimizer", "null", false)]
    [InlineData("train.schedule", "\"one_cycle\"", false)]
    [InlineData("train.schedule", "{\"linear_warmup\": {\"total_iters\": 10, \"then\": {\"cosine\": {\"by\": \"epochs\"}}}}", true)]
    [InlineData("train.checkpoints", "{\"every_time\": \"1h30m\", \"every_epochs\": null}", true)]
    [InlineData("train.checkpoints", "{\"every_time\": \"\"}", false)]
    [InlineData("train.checkpoints", "{\"every_time\": \"30m1h\"}", false)]
    [InlineData("train.checkpoints", "{\"every_time\": 5}", false)]
    [InlineData("train.clipping", "1.0", false)]
    [InlineData("metrics", "[\"accuracy\", {\"f1\": {\"average\": \"macro\"}}, \"f1_micro\"]", true)]
    [InlineData("metrics", "[{\"f1\": \"macro\"}, {\"f1_micro\": null}]", true)]
    [InlineData("metrics", "[{\"f1_micro\": {}}]", false)]
    [InlineData("metrics", "\"accuracy\"", false)]
    [InlineData("cross_validation", "{\"folds\": 1}", false)]
    public void Schema_and_binder_accept_the_same(string path, string json, bool accepted)
    {
        JsonNode spec = JsonNode.Parse(Good)!;
        string[] steps = path.Split('.');
        JsonNode parent = steps[..^1].Aggregate(spec, (node, step) => node[step]!);
        parent[steps[^1]] = JsonNode.Parse(json);

        new JsonSchemaCheck(Schema).Accepts(spec).ShouldBe(accepted, "schema");
        (Record.Exception(() => SampleRooms.Bind(spec.ToJsonString())) is null).ShouldBe(accepted, "binder");
    }

    [Fact]
    public void Every_default_is_accepted()
    {
        new JsonSchemaCheck(Schema).Accepts(JsonNode.Parse(Good)).ShouldBeTrue();
        int defaults = 0;
        foreach ((string name, JsonNode? definition) in (JsonObject)Schema["$defs"]!)
        {
            foreach ((string property, JsonNode? rule) in definition!["properties"] as JsonObject ?? [])
            {
                if (rule is not JsonObject inner || !inner.ContainsKey("default"))
                    continue;
                var alone = (JsonObject)inner.DeepClone();
                alone["$defs"] = Schema["$defs"]!.DeepClone();
                new JsonSchemaCheck(alone).Accepts(inner["default"]).ShouldBeTrue($"default of {name}.{property}");
                defaults++;
            }
        }
        defaults.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void The_text_is_the_same_each_time() => SpecSchema.Generate(typeof(RunSpec), SampleRooms.Sets).ShouldBe(Text);

    [Fact]
    public void A_property_has_description_range_and_default()
    {
        Schema["$schema"]!.GetValue<string>().ShouldBe("https://json-schema.org/draft/2020-12/schema");
        JsonNode epochs = Schema["$defs"]!["train_spec_settings"]!["properties"]!["epochs"]!;
        epochs.ToJsonString().ShouldBe("""{"type":"integer","minimum":1,"maximum":2147483647,"description":"Times through the training split.","default":10}""");
        Schema["$defs"]!["layer"]!["oneOf"]![0]!["enum"]!.ToJsonString().ShouldBe("""["max_pool2d","flatten"]""");
        ((JsonObject)Schema["$defs"]!["layer"]!["oneOf"]![1]!["properties"]!).Select(p => p.Key)
            .ShouldBe(["conv2d", "max_pool2d", "flatten", "linear", "dense", "residual"]);
    }

    [Fact]
    public void Every_property_of_this_room_has_a_description()
    {
        foreach ((string name, JsonNode? definition) in (JsonObject)Schema["$defs"]!)
        {
            if (name.EndsWith("_sample_settings", StringComparison.Ordinal))
                continue;
            foreach ((string property, JsonNode? rule) in definition!["properties"] as JsonObject ?? [])
                rule!["description"].ShouldNotBeNull($"{name}.{property}");
        }
    }

    [Fact]
    public void A_record_that_a_spec_cannot_say_is_refused() =>
        Should.Throw<ArgumentException>(() => SpecSchema.Generate(typeof(Uri), SampleRooms.Sets)).Message.ShouldContain("cannot stand in a spec");
}
