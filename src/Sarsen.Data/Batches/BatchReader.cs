using System.Runtime.ExceptionServices;
using Sarsen.Data.Splits;
using Sarsen.Tensors;

namespace Sarsen.Data.Batches;

/// <summary>
/// Reads a set in batches, ahead of its consumer, on a thread of its own. Buffers are allocated once; an epoch allocates
/// nothing. For one consumer at a time. An error of the reading thread is thrown by <see cref="Next"/>, behind the
/// batches that were good. The order of a shuffled epoch e is the e-th <see cref="KeyedPermutation"/> of the key
/// (seed, «shuffle»).
/// </summary>
/// <example><c>reader.Begin(epoch, position); while (reader.Next() is { } batch) { … }</c></example>
public sealed class BatchReader : IDisposable
{
    private readonly object _gate = new();
    private readonly Batch[] _ring;
    private readonly Thread _thread;
    private readonly RngKey _key;
    private readonly CancellationToken _stop;
    private readonly CancellationTokenRegistration _woken;

    // All under the gate. The reading thread fills slots from _head on, the consumer takes them from _tail on; _used
    // counts the filled ones, that in the consumer's hands among them. _run tells a run that was given up from its follower.
    private long _run, _epoch, _next, _end;
    private int _head, _tail, _used;
    private bool _held, _disposed;
    private ExceptionDispatchInfo? _error;

    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="DataException">Not one batch is full and those that are not are left out.</exception>
    public BatchReader(SampleSet samples, BatchOptions options, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ReadAhead, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ReadAhead, 1024);
        if (options.DropLast && samples.Count < options.BatchSize)
            throw new DataException($"batches: {samples.Count} samples do not fill one batch of {options.BatchSize}, and batches that are not full are left out; make batch_size smaller, or keep the last");
        (Samples, Options, _stop) = (samples, options, stop);
        _key = new RngKey(options.Seed, "shuffle");
        _ring = new Batch[options.ReadAhead + 1];
        int capacity = (int)Math.Min(options.BatchSize, Math.Max(1, samples.Count));
        for (int i = 0; i < _ring.Length; i++)
            _ring[i] = new Batch(samples, capacity);
        _thread = new Thread(ReadAhead) { IsBackground = true, Name = "batch reader" };
        _thread.Start();
        _woken = stop.Register(Wake);
    }

    public SampleSet Samples { get; }

    public BatchOptions Options { get; }

    /// <summary>Batches of a whole epoch.</summary>
    public long BatchesPerEpoch => Options.DropLast ? Samples.Count / Options.BatchSize : (Samples.Count + Options.BatchSize - 1) / Options.BatchSize;

    /// <summary>Goes to a place: batches that were read ahead are forgotten. The same place gives the same batches.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="position">Samples of this epoch that are already done.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public void Begin(long epoch, long position = 0)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if ((ulong)epoch >= (ulong)Rng.MaxIndex)
            throw new ArgumentOutOfRangeException(nameof(epoch), epoch, "an epoch in 0 .. 2^40 - 1 expected");
        if ((ulong)position > (ulong)Samples.Count)
            throw new ArgumentOutOfRangeException(nameof(position), position, $"a position in 0 .. {Samples.Count} expected");
        lock (_gate)
        {
            _run++;
            (_epoch, _next) = (epoch, position);
            _end = Options.DropLast ? position + (Samples.Count - position) / Options.BatchSize * Options.BatchSize : Samples.Count;
            (_head, _tail, _used, _held, _error) = (0, 0, 0, false, null);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The next batch of the epoch, or null at its end. The batch before it must no longer be used.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Batch? Next()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_gate)
        {
            if (_held)
            {
                _held = false;
                _used--;
                _tail = (_tail + 1) % _ring.Length;
                Monitor.PulseAll(_gate);
            }
            while (_used == 0 && _next < _end && _error is null && !_stop.IsCancellationRequested)
                Monitor.Wait(_gate);
            _stop.ThrowIfCancellationRequested();
            if (_used == 0)
                _error?.Throw();
            _held = _used > 0;
            return _held ? _ring[_tail] : null;
        }
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _woken.Dispose();
        lock (_gate)
        {
            _disposed = true;
            Monitor.PulseAll(_gate);
        }
        _thread.Join();
        foreach (Batch batch in _ring)
            batch.Free();
    }

    private void ReadAhead()
    {
        while (true)
        {
            long run, epoch, position;
            int count, slot;
            lock (_gate)
            {
                while (!_disposed && (_next >= _end || _used == _ring.Length))
                    Monitor.Wait(_gate);
                if (_disposed)
                    return;
                (run, epoch, position, slot) = (_run, _epoch, _next, _head);
                count = (int)Math.Min(Options.BatchSize, _end - position);
            }
            ExceptionDispatchInfo? error = Fill(_ring[slot], epoch, position, count);
            lock (_gate)
            {
                if (run != _run)
                    continue;
                if (error is null)
                    (_head, _used, _next) = ((slot + 1) % _ring.Length, _used + 1, position + count);
                else
                    (_error, _next) = (error, _end);
                Monitor.PulseAll(_gate);
            }
        }
    }

    // Whatever goes wrong belongs to the consumer: an exception that left this thread would end the process.
    private ExceptionDispatchInfo? Fill(Batch batch, long epoch, long position, int count)
    {
        try
        {
            KeyedPermutation? order = Options.Shuffle ? new KeyedPermutation(Samples.Count, _key, epoch) : null;
            batch.Fill(epoch, position, count, order, _stop);
            return null;
        }
        catch (Exception e)
        {
            return ExceptionDispatchInfo.Capture(e);
        }
    }

    private void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
