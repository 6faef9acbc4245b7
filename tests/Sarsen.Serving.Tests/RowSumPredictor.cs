using Sarsen.Serving.Buffers;

namespace Sarsen.Serving.Tests;

/// <summary>(n, 3) numbers to (n, 2): the sum, and the sum of squares, of each row. Counts what it is given.</summary>
internal sealed class RowSumPredictor(Action<int, CancellationToken>? onRun = null, int maxBatch = 64) : IPredictor
{
    public List<int> Batches { get; } = [];

    public bool IsDisposed { get; private set; }

    public PredictorInfo Info { get; } = new()
    {
        Name = "row-sum",
        Version = "1",
        Platform = "test_sum",
        Inputs = [new TensorSpec("x", DataType.Fp32, -1, 3)],
        Outputs = [new TensorSpec("y", DataType.Fp32, -1, 2)],
        MaxBatch = maxBatch,
    };

    public IRowEncoder? Rows => null;

    public ValueTask RunAsync(TensorBuffers input, TensorBuffers output, CancellationToken stop)
    {
        Span<float> x = input[0].As<float>(), y = output[0].As<float>();
        lock (Batches)
            Batches.Add(x.Length / 3);
        onRun?.Invoke(x.Length / 3, stop);
        for (int i = 0; i < x.Length / 3; i++)
        {
            Span<float> row = x.Slice(i * 3, 3);
            if (row.Contains(float.NaN))
                throw new InputException($"row {i} is not a number");
            y[i * 2] = row[0] + row[1] + row[2];
            y[i * 2 + 1] = row[0] * row[0] + row[1] * row[1] + row[2] * row[2];
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    public TensorBuffers Input(params float[] values)
    {
        TensorBuffers input = Info.NewInput();
        input[0].Reshape(values.Length / 3, 3);
        values.CopyTo(input[0].As<float>());
        return input;
    }

    public static float[] Expected(params float[] values) =>
        [.. values.Chunk(3).SelectMany(r => new[] { r[0] + r[1] + r[2], r[0] * r[0] + r[1] * r[1] + r[2] * r[2] })];
}
