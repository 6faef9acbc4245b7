using Sarsen.Data;
using Sarsen.Training.Metrics;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Spec;

public sealed class SpecWriterTests
{
    [Fact]
    public void A_written_spec_binds_to_an_equal_one()
    {
        RunSpec spec = SampleRooms.Bind(SampleRooms.Digits, "data.source.csv.types={\"a: b\": same, \"3\": valid}", "name=\"yes\"", "model.layers[0].conv2d.dilation=3x5", "model.layers[6]={dense: {out_features: 3, dropout: 0.3}}");
        string written = SpecWriter.Write(spec, SampleRooms.Sets);
        RunSpec again = SampleRooms.Bind(written);

        again.ShouldBe(spec);
        ((ConvSample)again.Model.Layers[0]).Dilation.ShouldBe(new DilationSample(3, 5));
        ((LinearSample)again.Model.Layers[6]).Dropout.ShouldBe(0.3f);
        SpecWriter.Write(again, SampleRooms.Sets).ShouldBe(written);
    }

    [Fact]
    public void Every_default_is_explicit()
    {
        string written = SpecWriter.Write(SampleRooms.Bind(SampleRooms.Digits), SampleRooms.Sets);

        written.ShouldStartWith("""
            name: digits-cnn
            seed: 1
            data:
              source:
                csv:
                  path: digits.csv.gz
                  header: false
                  types: {}
              validation: null
              test: null
              target: [label]
              features: null
              classes: null
              split:
                train: 0.7
                validation: 0.1
                test: 0.2
                stratify: true
                group_by: null
                order_by: null
                column: null
              shuffle: true
            preprocess:
              - scale:
                  columns: null
            model:
              layers:
                - conv2d:
                    name: null
                    filters: 32
                    kernel: [3]
                    padding: same
                    activation: relu
                    dilation: null

            """.ReplaceLineEndings("\n"));
        written.ShouldContain("""
              optimizer:
                adam:
                  lr: 0.001
                  betas: [0.9, 0.999]
                  eps: 1E-08
                  weight_decay: 0
                  amsgrad: false
                  groups: []
              schedule: constant
            """.ReplaceLineEndings("\n"));
        written.ShouldContain("every_time: 1h30m\n");
    }

    [Fact]
    public void A_spec_made_in_code_is_written_alike()
    {
        var spec = new RunSpec
        {
            Data = new DataSpec { Source = new CsvSample { Path = "a b.csv" }, Target = ["y"] },
            Model = new ModelSpec { Layers = [new LinearSample { OutFeatures = 1, Dropout = 0.1f }] },
            Train = new TrainSpec { Loss = new HalfMseLossSpec(), Schedule = new LinearWarmupSpec { Then = new CosineScheduleSpec() } },
            Metrics = [new RootMeanSquaredError()],
        };
        string written = SpecWriter.Write(spec, SampleRooms.Sets);

        written.ShouldContain("path: \"a b.csv\"");
        SpecWriter.Write(SampleRooms.Bind(written), SampleRooms.Sets).ShouldBe(written);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("1e3")]
    [InlineData("true")]
    [InlineData("no")]
    [InlineData("a: b")]
    [InlineData("- x")]
    [InlineData("#x")]
    [InlineData(" x ")]
    [InlineData("")]
    [InlineData("*a &b !c %d @e `f")]
    [InlineData("\"'\\\n\t\u0001é漢\U0001F600")]
    [InlineData("{a, [b]}")]
    public void Any_text_survives(string text)
    {
        RunSpec spec = SampleRooms.Bind(SampleRooms.Digits) with { Data = new DataSpec { Source = new CsvSample { Path = "x" }, Target = [text, text] } };

        SampleRooms.Bind(SpecWriter.Write(spec, SampleRooms.Sets)).Data.Target.ShouldBe([text, text]);
    }
}
