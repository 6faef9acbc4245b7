using System.Text;
using Sarsen.Serving.Batching;
using Sarsen.Serving.Buffers;

namespace Sarsen.Serving.Tests.Batching;

/// <summary>Texts, and rows whose other dimensions differ from request to request.</summary>
public class BytesBatchTests
{
    [Fact]
    public async Task Texts_of_any_length_go_into_a_batch_and_come_out_in_their_places()
    {
        using var gate = new Gate();
        var predictor = new Upper(gate);
        await using var batcher = new Batcher(predictor, new BatchingOptions(), TimeProvider.System);
        Task<string> first = Ask(batcher, "a");
        gate.WaitUntilReached();
        Task<string>[] others = [Ask(batcher, "bb|c"), Ask(batcher, ""), Ask(batcher, "straße|—")];
        gate.Open();
        (await first).ShouldBe("A 1");
        (await Task.WhenAll(others)).ShouldBe(["BB 2|C 1", " 0", "STRASSE 7|— 3".Replace("STRASSE 7", "STRAßE 7")]);
        predictor.Batches.ShouldBe([1, 5]);
    }

    [Fact]
    public async Task Texts_in_pieces_keep_their_order()
    {
        using var gate = new Gate();
        gate.Open();
        await using var batcher = new Batcher(new Upper(gate), new BatchingOptions { MaxBatch = 2 }, TimeProvider.System);
        (await Ask(batcher, "a|bb|ccc|dd|e")).ShouldBe("A 1|BB 2|CCC 3|DD 2|E 1");
    }

    [Fact]
    public async Task Rows_of_different_lengths_do_not_share_a_batch()
    {
        using var gate = new Gate();
        var predictor = new Lengths(gate);
        await using var batcher = new Batcher(predictor, new BatchingOptions(), TimeProvider.System);
        Task<long> first = AskLength(batcher, 1);
        gate.WaitUntilReached();
        Task<long>[] others = [AskLength(batcher, 5), AskLength(batcher, 5), AskLength(batcher, 7), AskLength(batcher, 5)];
        gate.Open();
        (await first).ShouldBe(1);
        (await Task.WhenAll(others)).ShouldBe([5L, 5, 7, 5]);
        predictor.Batches.ShouldBe([1, 2, 1, 1]);
    }

    private static async Task<string> Ask(Batcher batcher, string texts)
    {
        using TensorBuffers input = batcher.Info.NewInput(), output = batcher.Info.NewOutput();
        string[] rows = texts.Split('|');
        input[0].Reshape(rows.Length);
        foreach (string row in rows)
            input[0].Append(Encoding.UTF8.GetBytes(row));
        await batcher.RunAsync(input, output);
        return string.Join('|', Read(output[0]).Zip(output[1].As<int>().ToArray(), (t, n) => $"{t} {n}"));
    }

    private static async Task<long> AskLength(Batcher batcher, int length)
    {
        using TensorBuffers input = batcher.Info.NewInput(), output = batcher.Info.NewOutput();
        input[0].Reshape(1, length);
        await batcher.RunAsync(input, output);
        return output[0].As<long>()[0];
    }

    private static List<string> Read(TensorBuffer tensor)
    {
        var texts = new List<string>();
        ReadOnlySpan<byte> rest = tensor.Bytes;
        while (rest.Length > 0)
        {
            int length = TensorBuffer.EncodedLength(rest, 1);
            texts.Add(Encoding.UTF8.GetString(rest[TensorBuffer.LengthBytes..length]));
            rest = rest[length..];
        }
        return texts;
    }

    private sealed class Upper(Gate gate) : IPredictor
    {
        public List<long> Batches { get; } = [];

        public PredictorInfo Info { get; } = new()
        {
            Name = "upper",
            Version = "1",
            Platform = "test_upper",
            Inputs = [new TensorSpec("text", DataType.Bytes, -1)],
            Outputs = [new TensorSpec("upper", DataType.Bytes, -1), new TensorSpec("bytes", DataType.Int32, -1)],
        };

        public IRowEncoder? Rows => null;

        public ValueTask RunAsync(TensorBuffers input, TensorBuffers output, CancellationToken stop)
        {
            List<string> texts = Read(input[0]);
            Batches.Add(texts.Count);
            gate.Pass();
            for (int i = 0; i < texts.Count; i++)
            {
                byte[] upper = Encoding.UTF8.GetBytes(texts[i].ToUpperInvariant());
                output[0].Append(upper);
                output[1].As<int>()[i] = upper.Length;
            }
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Lengths(Gate gate) : IPredictor
    {
        public List<long> Batches { get; } = [];

        public PredictorInfo Info { get; } = new()
        {
            Name = "lengths",
            Version = "1",
            Platform = "test_lengths",
            Inputs = [new TensorSpec("tokens", DataType.Int64, -1, -1)],
            Outputs = [new TensorSpec("length", DataType.Int64, -1)],
        };

        public IRowEncoder? Rows => null;

        public ValueTask RunAsync(TensorBuffers input, TensorBuffers output, CancellationToken stop)
        {
            Batches.Add(input[0].Shape[0]);
            gate.Pass();
            output[0].As<long>().Fill(input[0].Shape[1]);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
