using System.Text.Json;
using Sarsen.Data;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Splits;
using Sarsen.Models;
using Sarsen.Models.Layers;
using Sarsen.Serving.Buffers;
using Sarsen.Serving.Networks;

namespace Sarsen.Serving.Tests.Networks;

public sealed class NetworkPredictorTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Folder(params LayerSpec[] layers)
    {
        string csv = Path.Combine(_root, "data.csv");
        File.WriteAllLines(csv, ["text,label", .. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? $"good nice w{i},yes" : $"bad awful w{i},no")]);
        using PreparedData data = PreparedData.Prepare(new DataSpec { Source = new CsvSource { Path = [csv] }, Target = ["label"], Split = new SplitSpec { Stratify = true } },
            [new TokenizeStep { Length = 4 }], seed: 1);
        Network network = Network.Build(new NetworkDefinition
        {
            InputType = data.Pipeline.Input.Type,
            InputShape = [4],
            Layers = [new EmbeddingSpec { NumEmbeddings = data.Pipeline.VocabularySize, EmbeddingDim = 8 }, .. layers],
            Output = OutputFunction.Softmax,
        });
        network.Body.Initialize(seed: 2);
        string folder = Path.Combine(_root, "model");
        ModelFolder.Write(folder, network, new ModelManifest { Name = "words", CreatedUnixMs = 0, Sarsen = "test", Numerics = 1 }, path =>
        {
            using FileStream file = File.Create(Path.Combine(path, ModelFolder.PipelineFile));
            data.Pipeline.Save(file);
        });
        return folder;
    }

    private IPredictor Load() => new NetworkPredictorFactory().Load(Folder(new GruSpec { HiddenSize = 6 }, new LinearSpec { OutFeatures = 2 }), "words", "1");

    private static async Task<byte[]> AnswerAsync(IPredictor predictor, string rows)
    {
        using TensorBuffers input = predictor.Info.NewInput(), output = predictor.Info.NewOutput();
        using JsonDocument json = JsonDocument.Parse(rows);
        predictor.Rows!.Encode(json.RootElement, input);
        await predictor.RunAsync(input, output, default);
        return output[0].Bytes.ToArray();
    }

    [Fact]
    public async Task A_row_is_answered_alike_alone_and_among_others()
    {
        await using IPredictor predictor = Load();
        const string first = """{"text": "good nice day"}""", second = """{"text": "awful"}""", third = """{"text": "who knows"}""";

        byte[] together = await AnswerAsync(predictor, $"[{first}, {second}, {third}]");

        together.Length.ShouldBe(3 * 2 * sizeof(float));
        (await AnswerAsync(predictor, $"[{first}]")).ShouldBe(together[..8]);
        (await AnswerAsync(predictor, $"[{second}]")).ShouldBe(together[8..16]);
        (await AnswerAsync(predictor, $"[{third}]")).ShouldBe(together[16..]);
    }

    [Fact]
    public async Task An_id_without_a_vector_is_the_requests_fault()
    {
        await using IPredictor predictor = Load();
        using TensorBuffers input = predictor.Info.NewInput(), output = predictor.Info.NewOutput();
        input[0].Reshape(1, 4);
        input[0].As<long>().Fill(1_000_000);

        InputException e = await Should.ThrowAsync<InputException>(async () => await predictor.RunAsync(input, output, default));

        e.Message.ShouldContain("holds the id 1000000, which the model has no vector for");
        input[0].As<long>().Fill(1);
        await predictor.RunAsync(input, output, default);
    }

    [Fact]
    public async Task More_rows_than_a_request_may_hold_are_refused_before_memory_is_taken()
    {
        await using IPredictor predictor = Load();
        using TensorBuffers input = predictor.Info.NewInput();
        using JsonDocument rows = JsonDocument.Parse($"[{string.Join(',', Enumerable.Repeat("{}", (256 << 20) / 32 + 1))}]");

        Should.Throw<DataException>(() => predictor.Rows!.Encode(rows.RootElement, input)).Message.ShouldContain("send them in several");
        input[0].Bytes.Length.ShouldBe(0);
    }

    [Theory]
    [InlineData("network.json")]
    [InlineData("model.safetensors")]
    [InlineData("pipeline.json")]
    public void A_damaged_folder_is_refused(string file)
    {
        string path = Path.Combine(Folder(new FlattenSpec(), new LinearSpec { OutFeatures = 2 }), file);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..20]);

        Should.Throw<ModelLoadException>(() => new NetworkPredictorFactory().Load(Path.GetDirectoryName(path)!, "words", "1")).Message.ShouldContain(file);
    }
}
