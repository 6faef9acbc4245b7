using System.Text.Json;
using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Sources.Arrays;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Sources.JsonLines;
using Sarsen.Data.Splits;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Data.Tests;

public class RealDataTests
{
    [DataFact("datasets/r-modeldata/credit_data.csv.gz")]
    public void Credit_data_with_gaps_and_categories()
    {
        var spec = new DataSpec
        {
            Source = new CsvSource { Path = [TestData.PathOf("datasets/r-modeldata/credit_data.csv.gz")] },
            Target = ["Status"],
            Classes = ["good", "bad"],
            Split = new SplitSpec { Train = 0.6, Validation = 0.2, Test = 0.2, Stratify = true },
        };
        using PreparedData data = PreparedData.Prepare(spec,
            [new ImputeStep { Strategy = ImputeStrategy.Median }, new ImputeStep { Strategy = ImputeStrategy.Mode }, new OneHotStep(), new StandardScaleStep()], 1);
        (data.Training.Count + data.Validation!.Count + data.Test!.Count).ShouldBe(4454);
        double share = (double)data.Training.ClassCounts[1] / data.Training.Count;
        share.ShouldBe(1254 / 4454.0, 1e-3);
        ((double)data.Test.ClassCounts[1] / data.Test.Count).ShouldBe(share, 2e-3);
        data.Pipeline.Fields.ShouldAllBe(f => !f.Required);
        byte[] row = new byte[data.Pipeline.Input.Bytes];
        data.Pipeline.Encode(JsonDocument.Parse("""{"Seniority": 9, "Home": "rent", "Time": 60, "Age": 30}""").RootElement, row).ShouldBe(1);
        Should.Throw<FieldException>(() => data.Pipeline.Encode(JsonDocument.Parse("""{"Home": "rented"}""").RootElement, row))
            .Message.ShouldContain("'Home' of row 0 is 'rented', which the training rows did not have; did you mean 'rent'?");
    }

    [DataFact("datasets/mnist/t10k-images-idx3-ubyte.gz")]
    public void Digits_are_kept_as_bytes()
    {
        var spec = new DataSpec
        {
            Source = new IdxSource { Images = TestData.PathOf("datasets/mnist/t10k-images-idx3-ubyte.gz"), Labels = TestData.PathOf("datasets/mnist/t10k-labels-idx1-ubyte.gz") },
            Target = ["label"],
            Split = new SplitSpec { Train = 0.9, Validation = 0.1, Test = 0 },
        };
        using PreparedData data = PreparedData.Prepare(spec, [new PadStep { Amount = 2 }, new NormalizeStep()], 1);
        data.Training.Count.ShouldBe(9000);
        data.Training.Input.ShouldBe(new SampleLayout(DType.F32, new Shape(1, 32, 32)));
        data.Pipeline.Encoder.Tail.Stored.Type.ShouldBe(DType.U8);
        data.Pipeline.Target.Classes.ShouldBe(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        float[] first = PreparedDataTests.All(data.Training).First().Input;
        (first.Min(), first.Max()).ShouldBe((0, 1));
        first[..64].ShouldAllBe(p => p == 0);
    }

    [DataFact("datasets/spam-assassin/spam_assassin.jsonl.gz")]
    public void Mails_become_token_ids()
    {
        var spec = new DataSpec
        {
            Source = new JsonLinesSource { Path = [TestData.PathOf("datasets/spam-assassin/spam_assassin.jsonl.gz")] },
            Target = ["label"],
            Features = ["text"],
        };
        using PreparedData data = PreparedData.Prepare(spec, [new TokenizeStep { Length = 100, VocabularySize = 5000 }], 1);
        data.Training.Input.ShouldBe(new SampleLayout(DType.I64, new Shape(100)));
        data.Pipeline.VocabularySize.ShouldBe(5000);
        data.Pipeline.Target.Classes.Count.ShouldBe(2);
        byte[] ids = new byte[800];
        data.Pipeline.Encode(JsonSerializer.SerializeToElement(new { text = "the zzzyzx" }), ids);
        BitConverter.ToInt64(ids).ShouldBe(2); // the most frequent word
        BitConverter.ToInt64(ids, 8).ShouldBe(1);
        BitConverter.ToInt64(ids, 16).ShouldBe(0);
    }
}
