using Sarsen.Serving.Batching;
using Sarsen.Serving.Buffers;
using Sarsen.Serving.Statistics;

namespace Sarsen.Serving;

/// <summary>The replicas of one version of a model: a request goes to the one with the fewest before it.</summary>
public sealed class ReplicaSet : IAsyncDisposable
{
    private readonly IReadOnlyList<IPredictor> _predictors;
    private readonly Batcher[] _replicas;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private uint _next;

    private ReplicaSet(IReadOnlyList<IPredictor> predictors, BatchingOptions options, TimeProvider time)
    {
        _predictors = predictors;
        (_time, _timeout) = (time, options.Timeout);
        _replicas = [.. predictors.Select(p => new Batcher(p, options, time))];
    }

    public PredictorInfo Info => _predictors[0].Info;

    /// <summary>What turns raw rows into inputs; null where only tensors are taken.</summary>
    public IRowEncoder? Rows => _predictors[0].Rows;

    public int Count => _replicas.Length;

    /// <summary>Requests that wait or run.</summary>
    public int Pending => _replicas.Sum(r => r.Pending);

    /// <summary>One a replica.</summary>
    public IReadOnlyList<ServingStatistics> Statistics => [.. _replicas.Select(r => r.Statistics)];

    /// <summary>Loads the replicas, one after the other.</summary>
    /// <param name="load">Loads one.</param>
    /// <param name="replicas">How many, 1 to 1024.</param>
    /// <param name="options">How requests become batches.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ModelLoadException">A replica cannot be loaded; those that were are gone again.</exception>
    public static async Task<ReplicaSet> LoadAsync(Func<IPredictor> load, int replicas, BatchingOptions options, TimeProvider time)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replicas, 1024);
        var predictors = new List<IPredictor>();
        try
        {
            for (int i = 0; i < replicas; i++)
            {
                predictors.Add(load());
                predictors[i].Info.Validate();
            }
        }
        catch
        {
            foreach (IPredictor predictor in predictors)
                await predictor.DisposeAsync();
            throw;
        }
        return new ReplicaSet(predictors, options, time);
    }

    /// <summary>Answers a request: <see cref="Batcher.RunAsync"/>.</summary>
    /// <param name="input">The tensors of <see cref="PredictorInfo.Inputs"/>, in order. Not to be changed until the task ends.</param>
    /// <param name="output">Made by <see cref="PredictorInfo.NewOutput"/>; reshaped and written.</param>
    /// <param name="stop">Takes the request back.</param>
    /// <param name="timeout">Shortens the time that the options give.</param>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    public async ValueTask RunAsync(TensorBuffers input, TensorBuffers output, CancellationToken stop = default, TimeSpan? timeout = null)
    {
        TimeSpan patience = timeout < _timeout ? timeout.Value : _timeout;
        using var late = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            await Least().RunAsync(input, output, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new TimeoutException(FormattableString.Invariant($"'{Info.Name}' had no answer within {patience.TotalSeconds:0.###} s: too many requests wait, or the model is slow"));
        }
    }

    /// <summary>Takes no more requests and answers those that wait.</summary>
    public Task DrainAsync(TimeSpan patience) => Task.WhenAll(_replicas.Select(r => r.DrainAsync(patience)));

    public async ValueTask DisposeAsync() => await Task.WhenAll(_replicas.Select(r => r.DisposeAsync().AsTask()));

    private Batcher Least()
    {
        if (_replicas.Length == 1)
            return _replicas[0];
        uint first = Interlocked.Increment(ref _next);
        Batcher least = _replicas[first % _replicas.Length];
        int fewest = least.Pending;
        for (uint i = 1; i < _replicas.Length && fewest > 0; i++)
        {
            Batcher other = _replicas[(first + i) % _replicas.Length];
            if (other.Pending is int pending && pending < fewest)
                (least, fewest) = (other, pending);
        }
        return least;
    }
}
