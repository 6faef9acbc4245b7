using Sarsen.Data;
using Sarsen.Serving.Buffers;
using Sarsen.Serving.Statistics;

namespace Sarsen.Serving.Batching;

/// <summary>
/// Runs batches: copies the requests' inputs together, calls the predictor once, copies the answers out. Owns the memory
/// of the batch, which the steady state does not grow. Used by the driver's thread alone.
/// </summary>
internal sealed class BatchRun(IPredictor predictor, BatchQueue queue, int maxBatch, ServingStatistics statistics, TimeProvider time, CancellationToken stop) : IDisposable
{
    private readonly PredictorInfo _info = predictor.Info;
    private readonly TensorBuffers _input = predictor.Info.NewInput();
    private readonly TensorBuffers _output = predictor.Info.NewOutput();
    private readonly TensorBuffers _whole = predictor.Info.NewOutput();
    private readonly List<PendingRequest> _live = [];
    private readonly List<PendingRequest> _alone = [];

    /// <summary>Answers every request of a batch, one way or another. Never throws.</summary>
    public void Answer(List<PendingRequest> batch)
    {
        Exception? error = TryAnswer(batch);
        if (error is null)
            return;
        if (batch.Count == 1)
        {
            Fail(batch[0], error);
            return;
        }
        // One of them is at fault, or all: each is judged alone.
        foreach (PendingRequest request in batch)
        {
            _alone.Clear();
            _alone.Add(request);
            if (TryAnswer(_alone) is { } own)
                Fail(request, own);
        }
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _whole.Dispose();
    }

    private Exception? TryAnswer(List<PendingRequest> batch)
    {
        try
        {
            if (batch is [{ } only] && only.Rows > maxBatch)
                AnswerInPieces(only);
            else
                AnswerAtOnce(batch);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private void AnswerAtOnce(List<PendingRequest> batch)
    {
        long started = time.GetTimestamp();
        _live.Clear();
        int rows = 0;
        foreach (PendingRequest request in batch)
        {
            if (!request.TryBeginRead())
                continue;
            _live.Add(request);
            rows += request.Rows;
        }
        if (rows == 0)
            return;
        try
        {
            Gather(rows);
        }
        finally
        {
            foreach (PendingRequest request in _live)
                request.EndRead();
        }
        long gathered = time.GetTimestamp();
        Predict(rows);
        long ran = time.GetTimestamp();
        queue.Predicted();
        Scatter(_output, started);
        statistics.CountRun(rows, time.GetElapsedTime(started, gathered), time.GetElapsedTime(gathered, ran), time.GetElapsedTime(ran), UnixMs());
    }

    private void Gather(int rows)
    {
        for (int i = 0; i < _input.Count; i++)
        {
            TensorBuffer tensor = _input[i];
            Reshape(tensor, rows, _live[0].Input[i].Shape);
            int at = 0;
            foreach (PendingRequest request in _live)
            {
                Span<byte> bytes = request.Input[i].Bytes;
                if (tensor.Type == DataType.Bytes)
                    tensor.AppendElements(bytes);
                else
                    bytes.CopyTo(tensor.Bytes[at..]);
                at += bytes.Length;
            }
        }
    }

    // For a request with more rows than a batch may have: it is in no batch with others.
    private void AnswerInPieces(PendingRequest request)
    {
        long started = time.GetTimestamp();
        var offsets = new int[_input.Count];
        for (int from = 0; from < request.Rows; from += maxBatch)
        {
            int rows = Math.Min(maxBatch, request.Rows - from);
            long begun = time.GetTimestamp();
            if (!request.TryBeginRead())
                return;
            try
            {
                for (int i = 0; i < _input.Count; i++)
                    offsets[i] += CopyPiece(request.Input[i], offsets[i], rows, _input[i]);
            }
            finally
            {
                request.EndRead();
            }
            long gathered = time.GetTimestamp();
            Predict(rows);
            long ran = time.GetTimestamp();
            for (int i = 0; i < _output.Count; i++)
                AddPiece(_output[i], from, rows, request.Rows, _whole[i]);
            statistics.CountRun(rows, time.GetElapsedTime(begun, gathered), time.GetElapsedTime(gathered, ran), time.GetElapsedTime(ran), UnixMs());
        }
        _live.Clear();
        _live.Add(request);
        queue.Predicted();
        Scatter(_whole, started);
    }

    private static int CopyPiece(TensorBuffer from, int offset, int rows, TensorBuffer to)
    {
        Reshape(to, rows, from.Shape);
        ReadOnlySpan<byte> rest = from.Bytes[offset..];
        int length = Length(from, rest, rows);
        if (from.Type == DataType.Bytes)
            to.AppendElements(rest[..length]);
        else
            rest[..length].CopyTo(to.Bytes);
        return length;
    }

    private static void AddPiece(TensorBuffer from, int at, int rows, int total, TensorBuffer to)
    {
        if (at == 0)
            Reshape(to, total, from.Shape);
        else if (!from.Shape[1..].SequenceEqual(to.Shape[1..]))
            throw new PredictionFailedException($"the predictor gave '{from.Name}' shape {TensorSpec.Format(from.Shape)} for one part of a request and {TensorSpec.Format(to.Shape)} for another");
        if (from.Type == DataType.Bytes)
            to.AppendElements(from.Bytes);
        else
            from.Bytes.CopyTo(to.Bytes[(int)((long)from.Bytes.Length / rows * at)..]);
    }

    private void Predict(int rows)
    {
        for (int i = 0; i < _output.Count; i++)
            Reshape(_output[i], rows, _info.Outputs[i]);
        ValueTask run = predictor.RunAsync(_input, _output, stop);
        if (run.IsCompleted)
            run.GetAwaiter().GetResult();
        else
            run.AsTask().GetAwaiter().GetResult();
        for (int i = 0; i < _output.Count; i++)
        {
            TensorBuffer tensor = _output[i];
            if (tensor.Shape.Length == 0 || tensor.Shape[0] != rows)
                throw new PredictionFailedException($"the predictor gave '{tensor.Name}' shape {TensorSpec.Format(tensor.Shape)} for {rows} samples");
            if (tensor.Type == DataType.Bytes && TensorBuffer.EncodedLength(tensor.Bytes, tensor.Elements) != tensor.Bytes.Length)
                throw new PredictionFailedException($"the predictor gave '{tensor.Name}' shape {TensorSpec.Format(tensor.Shape)} and another number of elements");
        }
    }

    private void Scatter(TensorBuffers answers, long started)
    {
        Span<int> offsets = stackalloc int[answers.Count];
        offsets.Clear();
        foreach (PendingRequest request in _live)
        {
            bool wanted = request.TrySettle();
            Exception? error = null;
            for (int i = 0; i < answers.Count; i++)
            {
                TensorBuffer answer = answers[i];
                ReadOnlySpan<byte> rest = answer.Bytes[offsets[i]..];
                int length = Length(answer, rest, request.Rows);
                offsets[i] += length;
                if (wanted)
                    error ??= TryCopy(rest[..length], answer, request.Rows, request.Output[i]);
            }
            if (!wanted)
                continue;
            statistics.CountAnswer(time.GetElapsedTime(request.EnqueuedAt), time.GetElapsedTime(request.EnqueuedAt, started), request.Rows);
            if (error is null)
                request.Answer();
            else
                request.Fail(error);
        }
    }

    // What is settled must get an outcome, even where memory for the copy cannot be had.
    private static Exception? TryCopy(ReadOnlySpan<byte> bytes, TensorBuffer shapedAs, int rows, TensorBuffer to)
    {
        try
        {
            Reshape(to, rows, shapedAs.Shape);
            if (to.Type == DataType.Bytes)
                to.AppendElements(bytes);
            else
                bytes.CopyTo(to.Bytes);
            return null;
        }
        catch (Exception e)
        {
            return new PredictionFailedException($"the answer could not be copied: {e.Message}", e);
        }
    }

    // Bytes that the first rows of a tensor occupy in `rest`, which begins at a row.
    private static int Length(TensorBuffer tensor, ReadOnlySpan<byte> rest, int rows) =>
        tensor.Type == DataType.Bytes
            ? TensorBuffer.EncodedLength(rest, tensor.Elements / tensor.Shape[0] * rows)
            : (int)(tensor.Bytes.Length / tensor.Shape[0] * rows);

    private static void Reshape(TensorBuffer tensor, int rows, ReadOnlySpan<long> like)
    {
        Span<long> shape = stackalloc long[like.Length];
        like.CopyTo(shape);
        shape[0] = rows;
        tensor.Reshape(shape);
    }

    private static void Reshape(TensorBuffer tensor, int rows, TensorSpec spec)
    {
        Span<long> shape = stackalloc long[spec.Shape.Count];
        for (int d = 0; d < shape.Length; d++)
            shape[d] = d == 0 ? rows : Math.Max(spec.Shape[d], 0);
        tensor.Reshape(shape);
    }

    private void Fail(PendingRequest request, Exception error)
    {
        if (!request.TrySettle())
            return;
        statistics.Failed.Add(time.GetElapsedTime(request.EnqueuedAt));
        request.Fail(error switch
        {
            InputException or DataException or PredictionFailedException => error,
            OperationCanceledException when stop.IsCancellationRequested => new ReplicaClosedException("the replica was ended before it could answer"),
            _ => new PredictionFailedException($"the predictor of '{_info.Name}' failed: {error.Message}", error),
        });
    }

    private long UnixMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
