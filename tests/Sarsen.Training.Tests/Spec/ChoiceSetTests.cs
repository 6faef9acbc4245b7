using System.ComponentModel;
using Sarsen.Data.Splits;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Spec;

public sealed class ChoiceSetTests
{
    [Fact]
    public void A_word_is_taken_once() =>
        Should.Throw<ArgumentException>(() => new ChoiceSet("layer", typeof(LayerSample),
            new Choice("flatten", typeof(FlattenSample)), new Choice("linear", typeof(LinearSample), "flatten")))
            .Message.ShouldStartWith("two layer choices are called 'flatten'");

    [Fact]
    public void A_choice_is_of_the_base_type() =>
        Should.Throw<ArgumentException>(() => new ChoiceSet("layer", typeof(LayerSample), new Choice("csv", typeof(CsvSample))))
            .Message.ShouldContain("which is no");

    [Fact]
    public void A_set_is_named_once() =>
        Should.Throw<ArgumentException>(() => RunSpec.Sets(OptimizerSpec.Choices)).Message.ShouldStartWith("two choice sets are named 'optimizer'");

    [Fact]
    public void A_set_that_a_record_needs_must_be_given() =>
        Should.Throw<ArgumentException>(() => new SpecBinder(RunSpec.Sets()).Bind<RunSpec>(new SpecText("a", "name: a")))
            .Message.ShouldContain("DataSource cannot stand in a spec: it needs to be a choice set's base");

    [Fact]
    public void A_value_outside_the_list_cannot_be_written() =>
        Should.Throw<ArgumentException>(() => OptimizerSpec.Choices.WordOf("adam")).Message.ShouldContain("is no optimizer");

    [Fact]
    public void A_word_is_found_by_its_aliases_and_written_by_its_name()
    {
        LossSpec.Choices.Find("sparse_categorical_crossentropy")!.Type.ShouldBe(typeof(CrossEntropyLossSpec));
        LossSpec.Choices.WordOf(new BceWithLogitsLossSpec()).ShouldBe("bce_with_logits");
        InitializerSpec.Choices.Find("glorot_uniform")!.Word.ShouldBe("xavier_uniform");
    }

    public abstract record Thing;

    [DefaultProperty(nameof(Inner))]
    public sealed record MapShorthand : Thing
    {
        public SplitSpec Inner { get; init; } = new();
    }

    [Fact]
    public void A_map_is_no_shorthand() =>
        Should.Throw<ArgumentException>(() => SpecSchema.Generate(typeof(Holder), new ChoiceSets(new ChoiceSet("thing", typeof(Thing), new Choice("map", typeof(MapShorthand))))))
            .Message.ShouldContain("must be one of its properties and hold a single value or a list");

    public sealed record Holder
    {
        public Thing? Thing { get; init; }
    }
}
