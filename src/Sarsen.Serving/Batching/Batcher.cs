using System.Collections.Concurrent;
using Sarsen.Serving.Buffers;
using Sarsen.Serving.Statistics;

namespace Sarsen.Serving.Batching;

/// <summary>
/// One replica: a predictor, a bounded queue before it, and a thread of its own that takes requests out of the queue in
/// batches. The answer of a request is the one that it would get alone.
/// </summary>
public sealed class Batcher : IAsyncDisposable
{
    private readonly IPredictor _predictor;
    private readonly BatchQueue _queue;
    private readonly BatchRun _run;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<PendingRequest> _pool = [];
    private int _disposed;

    /// <param name="predictor">The replica's predictor, which is disposed of with the batcher.</param>
    /// <param name="options">How requests become batches.</param>
    /// <param name="time">The clock of delays and statistics.</param>
    /// <exception cref="ModelLoadException">The predictor's description contradicts itself.</exception>
    public Batcher(IPredictor predictor, BatchingOptions options, TimeProvider time)
    {
        options.Validate();
        predictor.Info.Validate();
        (_predictor, _time, Info) = (predictor, time, predictor.Info);
        int maxBatch = Math.Min(options.MaxBatch, Info.MaxBatch);
        Statistics = new ServingStatistics(maxBatch);
        _queue = new BatchQueue(options, maxBatch, time);
        _run = new BatchRun(predictor, _queue, maxBatch, Statistics, time, _stop.Token);
        new Thread(Drive) { IsBackground = true, Name = $"sarsen driver {Info.Name}" }.Start();
    }

    public PredictorInfo Info { get; }

    public ServingStatistics Statistics { get; }

    /// <summary>Requests that wait or run.</summary>
    public int Pending => _queue.Pending;

    /// <summary>Answers a request, alone or with others.</summary>
    /// <param name="input">The tensors of <see cref="PredictorInfo.Inputs"/>, in order. Not to be changed until the task ends.</param>
    /// <param name="output">Made by <see cref="PredictorInfo.NewOutput"/>; reshaped and written.</param>
    /// <param name="stop">Takes the request back: the task ends at once, and both buffers are the caller's again.</param>
    /// <returns>To be awaited once.</returns>
    /// <exception cref="InputException">The input is not what the predictor reads.</exception>
    /// <exception cref="OverloadException">The queue is full.</exception>
    /// <exception cref="ReplicaClosedException">The replica is ending.</exception>
    /// <exception cref="PredictionFailedException">The predictor failed.</exception>
    public ValueTask RunAsync(TensorBuffers input, TensorBuffers output, CancellationToken stop = default)
    {
        int rows = Info.CheckInput(input);
        if (output.Count != Info.Outputs.Count)
            throw new ArgumentException($"the predictor has {Info.Outputs.Count} outputs, there is room for {output.Count}", nameof(output));
        if (!_pool.TryTake(out PendingRequest? request))
            request = new PendingRequest(this);
        ValueTask answer = request.Begin(input, output, rows, _time.GetTimestamp());
        try
        {
            _queue.Add(request);
        }
        catch (OverloadException)
        {
            Statistics.CountRejected();
            throw;
        }
        request.CancelOn(stop);
        return answer;
    }

    /// <summary>
    /// Takes no more requests, answers those that wait, and disposes of the predictor. What is not answered after
    /// <paramref name="patience"/> is asked to stop.
    /// </summary>
    public async Task DrainAsync(TimeSpan patience)
    {
        _queue.Close();
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            using var late = new CancellationTokenSource(patience, _time);
            await using CancellationTokenRegistration registration = late.Token.Register(_stop.Cancel);
            await _ended.Task;
            _run.Dispose();
            await _predictor.DisposeAsync();
            _gone.SetResult();
        }
        await _gone.Task;
    }

    /// <summary>Ends without waiting for a slow predictor longer than five seconds.</summary>
    public async ValueTask DisposeAsync() => await DrainAsync(TimeSpan.FromSeconds(5));

    internal void Recycle(PendingRequest request) => _pool.Add(request);

    private void Drive()
    {
        var batch = new List<PendingRequest>();
        while (_queue.Take(batch))
        {
            _run.Answer(batch);
            _queue.End();
            batch.Clear();
        }
        _ended.SetResult();
    }
}
