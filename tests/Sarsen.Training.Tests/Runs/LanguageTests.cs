using System.Security.Cryptography;
using Sarsen.Data;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Sources.PlainText;
using Sarsen.Data.Splits;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Models.Decoders;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Metrics;
using Sarsen.Training.Optimisation;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Tests.Runs;

/// <summary>Language models that learn to continue a text from nothing.</summary>
public sealed class LanguageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private int _runs;

    public LanguageTests() =>
        File.WriteAllText(Corpus, string.Concat(Enumerable.Range(0, 400).Select(i => i % 3 == 0 ? "the dog barks\n" : "a cat sleeps\n")));

    private string Corpus => Path.Combine(_folder, "corpus.txt");

    private RunSpec Spec => new()
    {
        Name = "continue",
        Seed = 4,
        Data = new DataSpec { Source = new TextSource { Path = [Corpus], Unit = TextUnit.File }, Split = new SplitSpec { Train = 0.8, Validation = 0.1, Test = 0.1 } },
        Preprocess = [new TokenWindowsStep { ContextLength = 16, Windows = 96 }],
        Model = new ModelSpec { Preset = new DecoderPreset { NumHiddenLayers = 1, HiddenSize = 16, NumAttentionHeads = 2 } },
        Train = new TrainSpec
        {
            Loss = new NextTokenLossSpec(),
            Optimizer = new AdamWSpec { Lr = 0.01, WeightDecay = 0.1, Groups = [new ParameterGroupSpec { MaxRank = 1, WeightDecay = 0 }] },
            Schedule = new LinearWarmupSpec { TotalIters = 5, Then = new CosineScheduleSpec { EtaMin = 0.001 } },
            Clipping = new ClippingSpec { Norm = 1 },
            BatchSize = 12,
            Epochs = 3,
        },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(TokenKind.Character)]
    [InlineData(TokenKind.BytePair)]
    public void It_learns_what_follows_and_shows_it(TokenKind kind)
    {
        var onlooker = new Onlooker();
        RunSpec spec = Spec with
        {
            Preprocess = [new TokenWindowsStep { Tokenizer = kind, VocabularySize = kind == TokenKind.BytePair ? 290 : null, ContextLength = 16, Windows = 96 }],
            Train = Spec.Train with { Epochs = 25 },
            TextSamples = new TextSamplesSpec { Prompt = "the", Tokens = 40, Temperature = 0, EveryEpochs = 20 },
        };

        RunResult result = Start(spec, new RunOptions { Observer = onlooker, Workers = Workers.Serial });

        result.Test!["perplexity"].Value!.Value.ShouldBeLessThan(2);
        Math.Log(result.Test["perplexity"].Value!.Value).ShouldBe(result.Test["cross_entropy"].Value!.Value, 1e-12);
        result.Test["cross_entropy"].Value!.Value.ShouldBe(result.State!.History[^1].ValidationLoss!.Value, 0.3);
        result.Test.Classes.ShouldBeNull();
        onlooker.Texts.Count.ShouldBe(2); // after epochs 20 and 25, longer than the context
        onlooker.Texts[^1].ShouldStartWith(" dog barks\n");
        SmallRuns.Kinds(result).Count(k => k == RunEventKind.Text).ShouldBe(2);
    }

    [Fact]
    public void Its_folder_is_a_model_of_hugging_faces_layout()
    {
        RunResult result = Start(Spec);

        HuggingFaceFolder folder = HuggingFaceFolder.Read(result.Model!);
        DecoderModel model = DecoderFiles.Load(folder);
        model.VocabSize.ShouldBe(2 + "the dogbarksclp\n".Distinct().Count());
        model.ContextLength.ShouldBe(16);
        folder.Tokenizer.ShouldNotBeNull();
        folder.GenerationConfig!.Value.GetProperty("eos_token_id").GetInt32().ShouldBe(1);
        folder.TokenizerConfig!.Value.GetProperty("eos_token").GetString().ShouldBe("<|endoftext|>");
        ModelEvaluation.OfPart(result.Model!, EvaluatedPart.Test).ToJson().ShouldBe(result.Test!.ToJson());
        ModelEvaluation.OfPart(result.Model!, EvaluatedPart.Training).Samples.ShouldBeGreaterThan(4000);
        ModelEvaluation.OfData(result.Model!, Spec.Data.Source).Samples.ShouldBeGreaterThan(5000);
    }

    [Fact]
    public void A_run_that_is_paused_after_any_step_ends_with_the_same_bits()
    {
        RunSpec spec = Spec with { Train = Spec.Train with { Epochs = 2, BatchSize = 16, Accumulate = 2, Ema = 0.9 }, TextSamples = new TextSamplesSpec { Tokens = 20 } };
        var told = new Onlooker();
        RunResult whole = Start(spec, new RunOptions { Observer = told, Workers = Workers.Serial });
        whole.State!.Step.ShouldBe(6);
        Bits(Start(spec with { TextSamples = null })).ShouldBe(Bits(whole));
        for (long at = 1; at <= whole.State.Step; at++)
        {
            using var stop = new CancellationTokenSource();
            var onlooker = new Onlooker(afterStep: report => { if (report.Step == at) stop.Cancel(); });
            RunResult paused = Start(spec, new RunOptions { Observer = onlooker, Workers = Workers.Serial }, stop.Token);
            RunResult resumed = TrainingRun.Start(spec, new RunOptions { Folder = paused.Folder, Resume = true, Observer = onlooker, Workers = Workers.Serial });
            Bits(resumed).ShouldBe(Bits(whole), $"paused after step {at}");
            onlooker.Texts.TakeLast(1).ShouldBe(told.Texts.TakeLast(1));
        }
    }

    [Fact]
    public void Bits_do_not_depend_on_threads()
    {
        string expected = Bits(Start(Spec));
        Workers workers = Workers.Start(3);
        Bits(Start(Spec, new RunOptions { Workers = workers })).ShouldBe(expected);
        workers.Stop();
        Bits(Start(Spec with { Seed = 5 })).ShouldNotBe(expected);
    }

    [Fact]
    public void It_stops_when_it_gets_no_better()
    {
        // A corpus of noise: what is learned of it does not help.
        var rng = new Sarsen.Tensors.Rng(1, "noise");
        File.WriteAllText(Corpus, string.Concat(Enumerable.Range(0, 2000).Select(i => (char)('a' + rng.Below(i, 20)))));
        RunSpec spec = Spec with { Train = Spec.Train with { Epochs = 60, Schedule = new ConstantScheduleSpec(), EarlyStopping = new EarlyStoppingSpec { Metric = "validation_perplexity", Patience = 3 } } };

        RunResult result = Start(spec);

        result.End.ShouldBe(TrainingEnd.EarlyStopped);
        result.State!.Best!.Value.ShouldBe(result.Validation!["perplexity"].Value!.Value, 1e-6);
    }

    [Fact]
    public void Other_networks_learn_to_continue_too()
    {
        RunResult gpt = Start(Spec with { Model = new ModelSpec { Preset = new GptPreset { NLayer = 1, NEmbd = 16, NHead = 2 } }, TextSamples = new TextSamplesSpec { Tokens = 20 } });
        ModelEvaluation.OfPart(gpt.Model!, EvaluatedPart.Test).ToJson().ShouldBe(gpt.Test!.ToJson());

        RunSpec layers = Spec with { Model = new ModelSpec { Layers = [new EmbeddingSpec { EmbeddingDim = 8 }, new LinearSpec { OutFeatures = 18 }] } };
        Should.Throw<RunException>(() => Start(layers with { TextSamples = new TextSamplesSpec() })).Message.ShouldContain("take one of them, or take text_samples out");
        Start(layers).Status.ShouldBe(RunStatus.Finished);
    }

    [Fact]
    public void Half_the_bytes_are_nearly_as_good_and_still_a_folder_of_the_layout()
    {
        RunResult result = Start(Spec);
        string half = Path.Combine(_folder, "half");

        OptimisationReport report = ModelOptimisation.Run(result.Model!, half, new OptimisationOptions { To = WeightFormat.F16, Metric = "cross_entropy" });

        report.Loss.ShouldBeLessThan(0.01);
        DecoderFiles.Load(HuggingFaceFolder.Read(half)).VocabSize.ShouldBe(18);
        File.Exists(Path.Combine(half, "tokenizer.json")).ShouldBeTrue();
    }

    [Fact]
    public void What_does_not_belong_together_is_refused()
    {
        Refused<RunException>(Spec with { Preprocess = [new TokenizeStep()], Data = Spec.Data with { Source = new TextSource { Path = [Corpus] } } }).ShouldContain("let preprocess be token_windows");
        Refused<RunException>(Spec with { Metrics = [new Accuracy()] }).ShouldContain("accuracy is for classification, the loss makes this language");
        Refused<NetworkException>(Spec with { Model = new ModelSpec { Layers = [new EmbeddingSpec { EmbeddingDim = 8 }] } }).ShouldContain("take the preset decoder or gpt, or end it with linear: 18 at each place");
        Refused<NetworkException>(Spec with { Model = new ModelSpec { Layers = [new DecoderSpec { VocabSize = 9 }] } }).ShouldContain("has 9 vectors, the vocabulary has 18 ids");
        Refused<DataException>(Spec with { CrossValidation = new CrossValidationSpec(), Data = Spec.Data with { Split = new SplitSpec { Train = 0.9, Validation = 0, Test = 0.1 } } }).ShouldContain("take cross_validation out");
        Refused<DataException>(Spec with { Preprocess = [new TokenWindowsStep { ContextLength = 5000 }] }).ShouldContain("make context_length shorter");
        Refused<DataException>(Spec with { Data = Spec.Data with { Source = new TextSource { Path = [Corpus + "x"], Unit = TextUnit.File } } }).ShouldContain("did you mean 'corpus.txt'?");
        Refused<SpecException>(Spec with { TextSamples = new TextSamplesSpec(), Train = Spec.Train with { Loss = new CrossEntropyLossSpec() } }).ShouldContain("let train.loss be next_token");
        Refused<SpecException>(Spec with { TextSamples = new TextSamplesSpec { Tokens = 0 } }).ShouldContain("tokens");
        Refused<RunException>(Spec with { TextSamples = new TextSamplesSpec { Prompt = "" } }).ShouldContain("text_samples.prompt has no tokens");
    }

    private string Refused<TException>(RunSpec spec) where TException : Exception => Should.Throw<TException>(() => Start(spec)).Message;

    private RunResult Start(RunSpec spec, RunOptions? options = null, CancellationToken stop = default) =>
        TrainingRun.Start(spec, (options ?? new RunOptions { Workers = Workers.Serial }) with { Folder = Path.Combine(_folder, $"run-{++_runs}") }, stop);

    private static string Bits(RunResult result) => string.Join(' ', new[] { "model.safetensors", "pipeline.json", "config.json", "tokenizer.json", "validation.json", "test.json" }
        .Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(result.Model!, file))))[..16]));
}
