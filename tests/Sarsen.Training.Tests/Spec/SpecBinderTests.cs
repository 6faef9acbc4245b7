using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Splits;
using Sarsen.Training.Metrics;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Spec;

public sealed class SpecBinderTests
{
    [Fact]
    public void A_whole_spec_is_bound()
    {
        RunSpec spec = SampleRooms.Bind(SampleRooms.Digits);

        spec.Name.ShouldBe("digits-cnn");
        spec.Seed.ShouldBe(1ul);
        spec.Data.Source.ShouldBe(new CsvSample { Path = "digits.csv.gz", Header = false, Types = ((CsvSample)spec.Data.Source).Types });
        spec.Data.Target.ShouldBe(["label"]);
        spec.Data.Split.ShouldBe(new SplitSpec { Train = 0.7, Validation = 0.1, Test = 0.2, Stratify = true });
        spec.Preprocess.ShouldBe([new StandardScaleStep()]);
        spec.Model.Layers.Count.ShouldBe(7);
        var first = (ConvSample)spec.Model.Layers[0];
        (first.Filters, first.Padding, first.Activation).ShouldBe((32, PaddingSample.Same, "relu"));
        first.Kernel.ShouldBe([3]);
        spec.Model.Layers[1].ShouldBe(new PoolSample { Size = 2 });
        ((ConvSample)spec.Model.Layers[2]).Filters.ShouldBe(64);
        spec.Model.Layers[3].ShouldBe(new PoolSample());
        spec.Model.Layers[4].ShouldBe(new FlattenSample());
        ((ResidualSample)spec.Model.Layers[5]).Layers.ShouldBe([new LinearSample { OutFeatures = 64 }]);
        spec.Model.Layers[6].ShouldBe(new LinearSample { OutFeatures = 10 });
        spec.Train.Loss.ShouldBeOfType<CrossEntropyLossSpec>();
        spec.Train.Optimizer.ShouldBeOfType<AdamSpec>().Lr.ShouldBe(0.001);
        spec.Train.EarlyStopping.ShouldBe(new EarlyStoppingSpec { Patience = 5 });
        spec.Train.Checkpoints.EveryTime.ShouldBe(TimeSpan.FromMinutes(90));
        spec.Metrics.ShouldBe([new Accuracy(), new F1 { Average = Average.Macro }, new TopKAccuracy { K = 3 }]);
        spec.CrossValidation.ShouldBeNull();
    }

    [Fact]
    public void One_text_gives_equal_specs()
    {
        SampleRooms.Bind(SampleRooms.Digits).ShouldBe(SampleRooms.Bind(SampleRooms.Digits));
        SampleRooms.Bind(SampleRooms.Digits, "train.optimizer.adam.betas=[0.8, 0.9]").ShouldNotBe(SampleRooms.Bind(SampleRooms.Digits));
    }

    [Fact]
    public void Paths_start_at_the_folder_of_the_spec()
    {
        var binder = new SpecBinder(SampleRooms.Sets);
        RunSpec At(string folder, string path) => binder.Bind<RunSpec>(new SpecText("run.yaml", SampleRooms.Digits, folder), $"data.source.csv.path={path}");

        ((CsvSample)At("/specs", "a/b.csv").Data.Source).Path.ShouldBe("/specs/a/b.csv");
        ((CsvSample)At("/specs", "/data/b.csv").Data.Source).Path.ShouldBe("/data/b.csv");
        ((CsvSample)At("/specs", "s3://bucket/b.csv").Data.Source).Path.ShouldBe("s3://bucket/b.csv");
    }

    [Theory]
    [InlineData("train.epochs", "3", 3)]
    [InlineData("train.epochs", "0x10", 16)]
    [InlineData("train.epochs", "1e3", 1000)]
    [InlineData("train.epochs", "7.0", 7)]
    [InlineData("train.epochs", "+5", 5)]
    public void Whole_numbers_have_the_forms_of_yaml(string path, string value, int expected) =>
        SampleRooms.Bind(SampleRooms.Digits, $"{path}={value}").Train.Epochs.ShouldBe(expected);

    [Theory]
    [InlineData("1e-3", 1e-3)]
    [InlineData(".5", .5)]
    [InlineData("2", 2)]
    [InlineData("5.E-1", .5)]
    public void Numbers_have_the_forms_of_yaml(string value, double expected) =>
        SampleRooms.Bind(SampleRooms.Digits, $"train.optimizer.adam.lr={value}").Train.Optimizer.Lr.ShouldBe(expected);

    [Theory]
    [InlineData("90s", 90_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("2d", 172_800_000)]
    [InlineData("1m250ms", 60_250)]
    [InlineData("0s", 0)]
    public void A_length_of_time_has_units(string text, long milliseconds)
    {
        RunSpec spec = SampleRooms.Bind(SampleRooms.Digits, $"train.checkpoints.every_time={text}");

        spec.Train.Checkpoints.EveryTime.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
        SampleRooms.Bind(SpecWriter.Write(spec, SampleRooms.Sets)).ShouldBe(spec);
    }

    [Fact]
    public void An_anchor_is_used_again()
    {
        string yaml = SampleRooms.Digits
            .Replace("- max_pool2d: 2", "- &pool {max_pool2d: 3}", StringComparison.Ordinal)
            .Replace("- max_pool2d:\n", "- *pool\n", StringComparison.Ordinal);

        SampleRooms.Bind(yaml).Model.Layers[3].ShouldBe(new PoolSample { Size = 3 });
    }

    [Fact]
    public void A_file_is_read_with_and_without_a_byte_order_mark()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".yaml");
        try
        {
            foreach (bool mark in (bool[])[true, false])
            {
                File.WriteAllText(path, SampleRooms.Digits, new System.Text.UTF8Encoding(mark));
                RunSpec spec = new SpecBinder(SampleRooms.Sets).Load<RunSpec>(path, "seed=9");
                spec.Seed.ShouldBe(9ul);
                ((CsvSample)spec.Data.Source).Path.ShouldBe(Path.Combine(Path.GetTempPath(), "digits.csv.gz"));
            }
            File.WriteAllBytes(path, [(byte)'a', 0xff, 0xfe]);
            Should.Throw<SpecException>(() => new SpecBinder(SampleRooms.Sets).Load<RunSpec>(path)).Errors[0].Message.ShouldContain("not UTF-8");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_later_override_wins_and_makes_what_is_not_there()
    {
        RunSpec spec = SampleRooms.Bind(SampleRooms.Digits,
            "train.epochs=3", "train.epochs=4", "train.clipping.norm=1", "model.layers[0].conv2d.filters=8",
            "train.schedule={step: {step_size: 2}}", "metrics=[accuracy]", "preprocess[0].scale.columns=[a, b]");

        spec.Train.Epochs.ShouldBe(4);
        spec.Train.Clipping.ShouldBe(new ClippingSpec { Norm = 1 });
        ((ConvSample)spec.Model.Layers[0]).Filters.ShouldBe(8);
        spec.Train.Schedule.ShouldBe(new StepScheduleSpec { StepSize = 2 });
        ((StandardScaleStep)spec.Preprocess[0]).Columns.ShouldBe(["a", "b"]);
    }
}
