using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Spec;

public sealed class SpecErrorTests
{
    // Each case changes one line of the good spec; the answer names the place, what was found and the right word.
    [Theory]
    [InlineData("  epochs: 20", "  epoch: 20", 24, 3, "train", "unknown key 'epoch'", "epochs")]
    [InlineData("  epochs: 20", "  epochs: twenty", 24, 11, "train.epochs", "expected a whole number at least 1, found the text 'twenty'", null)]
    [InlineData("  epochs: 20", "  epochs: 0", 24, 11, "train.epochs", "expected a whole number at least 1, found the number 0", null)]
    [InlineData("  epochs: 20", "  epochs: 2.5", 24, 11, "train.epochs", "found the number 2.5", null)]
    [InlineData("  epochs: 20", "  epochs: 3000000000", 24, 11, "train.epochs", "must lie within -2147483648 and 2147483647", null)]
    [InlineData("  epochs: 20", "  epochs: \"20\"", 24, 11, "train.epochs", "take the quotes away", null)]
    [InlineData("  epochs: 20", "  epochs:", 24, 3, "train.epochs", "found nothing", null)]
    [InlineData("  epochs: 20", "  epochs: [20]", 24, 11, "train.epochs", "found a list of 1", null)]
    [InlineData("  epochs: 20", "  batch_size: 20", 24, 3, "", "the key 'batch_size' stands twice in this map, first on line 23", null)]
    [InlineData("name: digits-cnn", "name: 2024", 1, 7, "name", "put quotes around it: \"2024\"", null)]
    [InlineData("name: digits-cnn", "name: ../up", 1, 7, "name", "cannot name a run", null)]
    [InlineData("name: digits-cnn", "nmae: digits", 1, 1, "", "unknown key 'nmae' at the top", "name")]
    [InlineData("name: digits-cnn", "epochs: 3", 1, 1, "", "'epochs' belongs below 'train'", null)]
    [InlineData("    - flatten", "    - flaten", 16, 7, "model.layers[4]", "unknown layer 'flaten'", "flatten")]
    [InlineData("    - flatten", "    - flatten: {axis: 1}", 16, 17, "model.layers[4].flatten", "unknown key 'axis' here; there are name", null)]
    [InlineData("    - flatten", "    - conv2d", 16, 7, "model.layers[4].conv2d", "'filters' is missing: Filters.", null)]
    [InlineData("    - flatten", "    - {flatten: , dense: 3}", 16, 19, "model.layers[4]", "keep one of 'flatten' and 'dense', or make a list", null)]
    [InlineData("    - flatten", "    - 3", 16, 7, "model.layers[4]", "expected a layer", null)]
    [InlineData("    - flatten", "    - residual: []", 16, 17, "model.layers[4].residual.layers", "expected a list of at least 1, found an empty list", null)]
    [InlineData("  optimizer: {adam: {lr: 1e-3}}", "  optimizer: {adma: {lr: 1e-3}}", 21, 15, "train.optimizer", "unknown optimizer 'adma'", "adam")]
    [InlineData("  optimizer: {adam: {lr: 1e-3}}", "  optimizer: {adam: {lr: .nan}}", 21, 26, "train.optimizer.adam.lr", "it must be finite", null)]
    [InlineData("  optimizer: {adam: {lr: 1e-3}}", "  optimizer: {adam: {betas: [0.9, 1.5]}}", 21, 35, "train.optimizer.adam.betas[1]", "at least 0 and below 1, found the number 1.5", null)]
    [InlineData("  optimizer: {adam: {lr: 1e-3}}", "  optimizer: {adam: {betas: [0.9]}}", 21, 29, "train.optimizer.adam.betas", "expected a list of 2, found a list of 1", null)]
    [InlineData("  optimizer: {adam: {lr: 1e-3}}", "  optimizer: {sgd: {nesterov: true}}", 21, 31, "train.optimizer.sgd.nesterov", "momentum above 0", null)]
    [InlineData("  optimizer: {adam: {lr: 1e-3}}", "  optimizer: {adam: {amsgrad: yes}}", 21, 31, "train.optimizer.adam.amsgrad", "expected true or false, found the text 'yes'", "true")]
    [InlineData("  optimizer: {adam: {lr: 1e-3}}", "  optimizer: {adam: , sgd: }", 21, 23, "train.optimizer", "an optimizer is one word with its settings below it; keep one of 'adam' and 'sgd'", null)]
    [InlineData("        filters: 64", "      filters: 64", 14, 7, "model.layers[2]", "indent 'filters' further than 'conv2d'", null)]
    [InlineData("        filters: 64", "        filters: 64\n        dilation: 3", 15, 19, "model.layers[2].conv2d.dilation", "expected a dilation such as 3x5, found the number 3", null)]
    [InlineData("  optimizer: {adam: {lr: 1e-3}}", "  optimizer: {adam: {learning_rate: 1e-3}}", 21, 22, "train.optimizer.adam", "unknown key 'learning_rate' here; there are lr, betas", "lr")]
    [InlineData("metrics: [accuracy, f1_macro, {top_k_accuracy: 3}]", "metrics: [accuracy, mse]", 27, 10, "metrics", "mse measures values and accuracy measures classes", null)]
    [InlineData("  schedule: constant", "  schedule: {reduce_on_plateau: {metric: validation_f1}}", 22, 13, "train.schedule", "'f1' is not among the metrics (accuracy, f1_macro, top_3_accuracy)", null)]
    [InlineData("  checkpoints: {every_epochs: 1, keep: 2, every_time: 1h30m}", "  checkpoints: {every_time: 90}", 26, 29, "train.checkpoints.every_time", "a unit is missing", null)]
    [InlineData("  split: {train: 0.7, validation: 0.1, test: 0.2, stratify: true}", "  split: {train: 0.7}", 6, 10, "data.split", "must be 1, found 0.7 + 0.1 + 0.1 = 0.9", null)]
    [InlineData("  split: {train: 0.7, validation: 0.1, test: 0.2, stratify: true}", "  split: {train: 0.8, validation: 0, test: 0.2}", 25, 28, "train.early_stopping.metric", "there is no validation split", null)]
    [InlineData("  early_stopping: {metric: validation_loss, patience: 5}", "  early_stopping: {metric: validation_acuracy}", 25, 28, "train.early_stopping.metric", "did you mean 'validation_accuracy'?", null)]
    [InlineData("metrics: [accuracy, f1_macro, {top_k_accuracy: 3}]", "metrics: [accuracy, {f1_macro: {average: micro}}]", 27, 32, "metrics[1].f1_macro", "'f1_macro' takes no settings", null)]
    [InlineData("metrics: [accuracy, f1_macro, {top_k_accuracy: 3}]", "metrics: {f1: {average: makro}}", 27, 10, "metrics", "begin each item with '- '", null)]
    [InlineData("metrics: [accuracy, f1_macro, {top_k_accuracy: 3}]", "metrics: [{f1: {average: makro}}]", 27, 26, "metrics[0].f1.average", "expected one of binary, macro, micro, weighted", "macro")]
    [InlineData("metrics: [accuracy, f1_macro, {top_k_accuracy: 3}]", "metrics: accuracy", 27, 10, "metrics", "put brackets around it: [accuracy]", null)]
    [InlineData("seed: 1", "seed: !!int 1", 2, 7, "", "the tag 'tag:yaml.org,2002:int' has no meaning in a spec", null)]
    [InlineData("seed: 1", "seed: *one", 2, 7, "", "'*one' refers to no anchor", null)]
    [InlineData("seed: 1", "seed: -1", 2, 7, "seed", "must lie within 0 and 18446744073709551615", null)]
    [InlineData("seed: 1", "<<: {seed: 1}", 2, 1, "", "merge keys", null)]
    [InlineData("seed: 1", "? [a]\n: 1", 2, 3, "", "a key was expected", null)]
    [InlineData("seed: 1", "seed: 1\n---", 3, 1, "", "a second document", null)]
    [InlineData("  target: label", "\ttarget: label", 5, 1, "", "a tab in the indentation", null)]
    [InlineData("  target: label", "  target: [label", 5, null, "", "this is not YAML", null)]
    public void A_mistake_is_answered_with_its_place(string good, string bad, int line, int? column, string path, string message, string? suggestion)
    {
        SampleRooms.Digits.ShouldContain(good);
        SpecError error = SampleRooms.Errors(SampleRooms.Digits.Replace(good, bad, StringComparison.Ordinal)).ShouldHaveSingleItem();

        error.Message.ShouldContain(message);
        error.Path.ShouldBe(path);
        error.Suggestion.ShouldBe(suggestion);
        if (column is { } c)
            (error.Line, error.Column).ShouldBe((line, c));
    }

    [Fact]
    public void All_mistakes_are_answered_at_once_in_the_order_of_the_text()
    {
        IReadOnlyList<SpecError> errors = SampleRooms.Errors("""
            sed: 1
            data: {source: csv}
            model: {layers: [flat, dense]}
            train:
              epochs: -1
            train:
              epochs: 1
            """);

        errors.Select(e => (e.Line, e.Path, e.Suggestion)).ShouldBe(
        [
            (1, "", "seed"),
            (2, "data.source.csv", null),
            (3, "model.layers[0]", null),
            (3, "model.layers[1].dense", null),
            (5, "train", null),
            (5, "train.epochs", null),
            (6, "", null),
        ]);
    }

    [Fact]
    public void The_line_is_shown_with_a_caret()
    {
        var text = new SpecText("digits.yaml", SampleRooms.Digits.Replace("epochs: 20", "epoch: 20", StringComparison.Ordinal));
        string message = Should.Throw<SpecException>(() => new SpecBinder(SampleRooms.Sets).Bind<RunSpec>(text)).Message;

        message.ShouldStartWith("digits.yaml:24:3: train: unknown key 'epoch' here; there are loss, optimizer, ");
        message.ShouldEndWith("""
            ; did you mean 'epochs'?
              24 |   epoch: 20
                 |   ^^^^^
            """.ReplaceLineEndings());
    }

    [Fact]
    public void Nothing_of_a_strangers_text_reaches_the_terminal_as_a_control_code()
    {
        string message = Should.Throw<SpecException>(() => SampleRooms.Bind("\"na\\e[31mme\": 1\n")).Message;

        message.ShouldContain("unknown key 'na [31mme'");
        message.ShouldNotContain("\u001b");
    }

    [Theory]
    [InlineData("train.epochs=three", 14, "train.epochs", "found the text 'three'")]
    [InlineData("train.epoch=3", 7, "train", "unknown key 'epoch'")]
    [InlineData("train.epochs", 1, "", "expected path=value")]
    [InlineData("=3", 1, "", "expected path=value")]
    [InlineData("train..epochs=3", 1, "", "this is no path")]
    [InlineData("model.layers[9].conv2d.filters=3", 14, "", "expected an index from 0 to 6")]
    [InlineData("model.layers[1].max_pool2d.stride=3", 28, "", "'stride' cannot be set inside the number 2; set the whole of it: model.layers[1].max_pool2d={stride: …}")]
    [InlineData("train.epochs=[1", 16, "", "this is not YAML")]
    public void A_mistake_in_an_override_is_answered_alike(string change, int column, string path, string message)
    {
        SpecError error = SampleRooms.Errors(SampleRooms.Digits, change).ShouldHaveSingleItem();

        error.Source.ShouldBe("--set", error.ToDisplay());
        error.Path.ShouldBe(path);
        error.Message.ShouldContain(message);
        error.Column.ShouldBe(column, error.ToDisplay());
    }

    [Fact]
    public void Beyond_the_limit_mistakes_are_counted()
    {
        string yaml = string.Concat(Enumerable.Range(0, 80).Select(i => $"unknown{i}: 1\n"));
        var e = Should.Throw<SpecException>(() => SampleRooms.Bind(yaml));

        e.Errors.Count.ShouldBe(50);
        e.Omitted.ShouldBe(33, "80 unknown keys and 3 missing ones, less 50");
        e.Message.ShouldEndWith("and 33 more");
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    public void An_empty_spec_lacks_what_is_required(string yaml) =>
        SampleRooms.Errors(yaml).Select(e => e.Message).ShouldBe(
        [
            "'data' is missing: Where the data comes from, what is predicted, how it is split.",
            "'model' is missing: The network.",
            "'train' is missing: How it is trained.",
        ]);
}
