using Sarsen.Data.Batches;
using Sarsen.Models;
using Sarsen.Nn.Optimizers;
using Sarsen.Nn.Schedules;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Checkpoints;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Trainers;

/// <summary>How training ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs or steps were made.</summary>
    Done,

    /// <summary>A metric stopped getting better.</summary>
    EarlyStopped,

    /// <summary>It was asked to stop; the state is saved.</summary>
    Interrupted,
}

/// <summary>
/// Trains a network: epochs of steps, with validation, schedule, early stopping and checkpoints. What it does next
/// follows from its <see cref="State"/>, the weights and the optimizer's memory alone, so a run that goes on from a
/// checkpoint ends with the same bits as one that was never disturbed.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly Network _network;
    private readonly TrainSpec _spec;
    private readonly Optimizer _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly double _rate;
    private readonly TrainingStep _step;
    private readonly Evaluator? _validation;
    private readonly SampleSet? _validationSamples;
    private readonly BatchReader _reader;
    private readonly CheckpointStore? _checkpoints;
    private readonly ITrainingObserver? _observer;
    private readonly TimeProvider _time;
    private readonly Workers _workers;
    private readonly Watched _watched;
    private readonly Func<string?> _requests;
    private readonly Action<int, bool>? _atEpoch;
    private readonly KeptWeights? _best;
    private readonly ExponentialMovingAverage? _average;
    private long _saved;
    private long _lastSavedStep = -1;

    /// <param name="setup">The parts of the run.</param>
    /// <exception cref="RunException">A group of the optimizer has no parameter.</exception>
    /// <exception cref="Data.DataException">The training split does not fill a batch, and drop_last leaves it out.</exception>
    public Trainer(TrainerSetup setup)
    {
        (_network, _spec, _time, _observer, _checkpoints, _workers) =
            (setup.Network, setup.Spec, setup.Time, setup.Observer, setup.Checkpoints, setup.Workers);
        _optimizer = Create(setup.Spec.Optimizer, setup.Network);
        _rate = setup.Spec.Schedule.PeakRate(setup.Spec.Optimizer.Lr);
        _schedule = setup.Spec.Schedule.Create(_rate, Watched.BetterOf((setup.Spec.Schedule as ReduceOnPlateauSpec)?.Metric ?? "", setup.Metrics));
        _step = new TrainingStep(setup.Network, setup.Task, setup.Loss, setup.Seed, setup.Spec.GrainSize, setup.Workers);
        _average = setup.Spec.Ema is { } decay ? new ExponentialMovingAverage(setup.Network.Body, decay) : null;
        _validationSamples = setup.Validation;
        _validation = setup.Validation is null ? null : new Evaluator(setup.Network, setup.Task, setup.Loss, setup.Metrics, setup.Workers);
        _reader = new BatchReader(setup.Training, new BatchOptions
        {
            BatchSize = setup.Spec.StepSize,
            Shuffle = setup.Shuffle,
            Seed = setup.Seed,
            DropLast = setup.Spec.DropLast,
        });
        _best = setup.Checkpoints is null && setup.Spec.EarlyStopping is { RestoreBest: true } ? new KeptWeights(setup.Network.Body, _average) : null;
        _watched = Watched.Of(setup.Spec, setup.Metrics, validates: setup.Validation is not null);
        (_requests, _atEpoch) = (setup.Requests, setup.AtEpoch);
    }

    private static Optimizer Create(OptimizerSpec spec, Network network)
    {
        try
        {
            return spec.Create(network.Body);
        }
        catch (ArgumentException e)
        {
            throw new RunException($"train.optimizer: {e.Message}", e);
        }
    }

    /// <summary>Where training stands.</summary>
    public TrainingState State { get; private set; } = new();

    public long StepsPerEpoch => _reader.BatchesPerEpoch;

    public long TotalSteps => Math.Min(_spec.MaxSteps ?? long.MaxValue, checked(_spec.Epochs * StepsPerEpoch));

    /// <summary>The most bytes that a step's tensors took at once.</summary>
    public long PeakBytes => _step.PeakBytes;

    /// <summary>Bytes that the optimizer remembers.</summary>
    public long OptimizerBytes => _optimizer.StateBytes;

    /// <summary>Bytes of the average of the weights.</summary>
    public long AverageBytes => _average?.Bytes ?? 0;

    /// <summary>Goes on from a checkpoint: its weights, its optimizer's memory and its state.</summary>
    /// <exception cref="Formats.ModelFormatException">The checkpoint is damaged, or of another network.</exception>
    public void Restore(Checkpoint checkpoint)
    {
        checkpoint.LoadInto(_network.Body, _optimizer, _average);
        State = checkpoint.State;
        _optimizer.Steps = State.Step;
        _lastSavedStep = State.Step;
    }

    /// <summary>
    /// Trains until the end, or until <paramref name="stop"/> asks for a pause. At the end the network has the weights that count: the
    /// best or the last, and their average where there is one.
    /// </summary>
    /// <exception cref="NonFiniteLossException">A loss, or weights that were to be saved, were not finite.</exception>
    /// <exception cref="RunException">A checkpoint could not be written.</exception>
    public TrainingEnd Run(CancellationToken stop)
    {
        _saved = _time.GetTimestamp();
        while (!State.Ended)
        {
            if (!RunEpoch(stop))
            {
                Save(best: false);
                return TrainingEnd.Interrupted;
            }
        }
        if (_spec.EarlyStopping is { RestoreBest: true } && State.BestEpoch > 0)
        {
            _checkpoints?.Best()?.LoadInto(_network.Body, null, _average);
            _best?.Restore();
        }
        _average?.Swap();
        return State.Step < TotalSteps ? TrainingEnd.EarlyStopped : TrainingEnd.Done;
    }

    // False when it was asked to stop within the epoch.
    private bool RunEpoch(CancellationToken stop)
    {
        long begun = _time.GetTimestamp(), asked = begun;
        // Samples, not batches: the last batch of an epoch may be a smaller one.
        _reader.Begin(State.Epoch, State.LossSamples);
        while (State.Step < TotalSteps && _reader.Next() is { } batch)
        {
            double rate = LearningRate(State.Step);
            double loss = _step.Run(batch, State.Step);
            Clip();
            _optimizer.Step(rate, _workers);
            _average?.Update(_workers);
            State.Advance(loss, batch.Count);
            _observer?.Step(new StepReport(State.Epoch + 1, _spec.Epochs, State.Step, TotalSteps, State.Loss, batch.Count, rate));
            if (_spec.Checkpoints.EverySteps is { } steps && State.Step % steps == 0 && State.Batch < StepsPerEpoch)
                Save(best: false);
            if (_spec.Checkpoints.EveryTime is { } time && _time.GetElapsedTime(_saved) >= time)
                Save(best: false);
            if (stop.IsCancellationRequested)
                return false;
            if (_time.GetElapsedTime(asked) > TimeSpan.FromMilliseconds(250))
            {
                asked = _time.GetTimestamp();
                if (!Obey(_requests()))
                    return false;
            }
        }
        EndEpoch(begun);
        return true;
    }

    private bool Obey(string? request)
    {
        if (request == "checkpoint")
            Save(best: false);
        return request != "stop";
    }

    private double LearningRate(long step)
    {
        double rate = _rate * _schedule.FactorAt(step, StepsPerEpoch, TotalSteps);
        return _schedule is ReduceOnPlateau ? rate * State.Plateau.Current : rate;
    }

    private void Clip()
    {
        if (_spec.Clipping?.Norm is { } norm)
            _optimizer.ClipGradientNorm(norm, _workers);
        if (_spec.Clipping?.Value is { } value)
            _optimizer.ClipGradientValues(value, _workers);
    }

    private void EndEpoch(long begun)
    {
        RequireFinite();
        bool last = State.Step >= TotalSteps || State.Epoch + 1 >= _spec.Epochs;
        (double? validationLoss, EvaluationReport? report) = (null, null);
        if (_validation is not null && (last || (State.Epoch + 1) % _spec.ValidateEvery == 0))
            Averaged(() => (validationLoss, report) = _validation.Run(_validationSamples!));
        var record = new EpochRecord(State.Epoch + 1, State.Step, LearningRate(State.Step - 1), State.Loss, validationLoss, report?.Metrics);
        bool better = Judge(record);
        bool ended = last || (_spec.EarlyStopping is { } stopping && State.BadValidations >= stopping.Patience);
        State.EndEpoch(record, ended);
        _observer?.Epoch(record, _time.GetElapsedTime(begun).TotalSeconds);
        if (_atEpoch is not null)
            Averaged(() => _atEpoch(record.Epoch, ended));
        bool due = (_spec.Checkpoints.EveryEpochs is { } epochs && State.Epoch % epochs == 0)
            || (_spec.Checkpoints.EverySteps is { } steps && State.Step % steps == 0);
        if (better || ended || due)
            Save(better);
    }

    // With the weights that count: their average where there is one.
    private void Averaged(Action run)
    {
        _average?.Swap();
        try
        {
            run();
        }
        finally
        {
            _average?.Swap();
        }
    }

    // Whether the epoch is the best so far, by what is watched.
    private bool Judge(EpochRecord record)
    {
        if (_schedule is ReduceOnPlateau plateau && record.Value(((ReduceOnPlateauSpec)_spec.Schedule).Metric) is { } metric)
            State.Plateau = plateau.Next(State.Plateau, metric);
        if (_watched.Metric != "train_loss" && record.Validation is null)
            return false;
        // A metric that is undefined, or not finite, was measured and is not better.
        double value = record.Value(_watched.Metric) ?? double.NaN;
        bool better = double.IsFinite(value)
            && (State.Best is not { } best || (_watched.Better == Better.Less ? value < best - _watched.MinDelta : value > best + _watched.MinDelta));
        State.Judge(value, better);
        return better;
    }

    // Else only the loss of the next step would show it, which may never come.
    private void RequireFinite()
    {
        if (_network.Body.FindNonFinite() is { } name)
            throw new NonFiniteLossException(State.Step, name, $"step {State.Step} was too large: the weights '{name}' are no longer finite");
    }

    private void Save(bool best)
    {
        RequireFinite();
        _saved = _time.GetTimestamp();
        if (best)
            _best?.Keep();
        if (_checkpoints is null)
            return;
        if (best || State.Step != _lastSavedStep)
        {
            _checkpoints.Save(_network.Body, _optimizer, State, best, _average);
            _observer?.Checkpoint(State, best);
        }
        _lastSavedStep = State.Step;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _step.Dispose();
        _validation?.Dispose();
    }
}
