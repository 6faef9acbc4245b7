using System.Diagnostics;
using Sarsen.Tensors.Threads;

namespace Sarsen.Serving.Language.Measuring;

/// <summary>
/// Measures a model on this machine: reading of prompts and generating alone, as a program does, and for clients at the same
/// time, as a server does. Prompts are of random tokens, and answers are not ended by the model: each round is the same work.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="options">What is measured.</param>
/// <param name="time">Null for the system's.</param>
public sealed class LanguageBench(LoadedLanguageModel model, LanguageBenchOptions options, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>The rows, each measured when it is asked for.</summary>
    /// <param name="stop">Asked between rounds.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ModelLoadException">The model's heads cannot be cached as the options say.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async IAsyncEnumerable<LanguageBenchRow> RunAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop = default)
    {
        options.Validate(model.Model.ContextLength);
        using (LoneSequence alone = Alone())
        {
            yield return await MeasureAsync(LanguageBenchCase.Prefill, options.Prompt, Plain(alone.Read), stop);
            yield return await MeasureAsync(LanguageBenchCase.Decode, options.Generate, Plain(alone.Generate), stop);
        }
        foreach (int clients in options.Clients)
            yield return await ServeAsync(clients, stop);
    }

    /// <summary>What the model takes.</summary>
    public LanguageBenchMemory Memory()
    {
        using LoneSequence alone = Alone();
        using Process self = Process.GetCurrentProcess();
        return new LanguageBenchMemory(model.WeightBytes, alone.CacheBytesPerToken, self.PeakWorkingSet64);
    }

    private static Func<Task> Plain(Action work) => () =>
    {
        work();
        return Task.CompletedTask;
    };

    private LoneSequence Alone()
    {
        try
        {
            return new LoneSequence(model.Model, options.Prompt, options.Generate, options.KvType, options.Workers ?? Workers.Shared);
        }
        catch (NotSupportedException e)
        {
            throw new ModelLoadException($"'{model.Path}': {e.Message}", e);
        }
    }

    private async Task<LanguageBenchRow> ServeAsync(int clients, CancellationToken stop)
    {
        int context = options.Prompt + options.Generate;
        var serving = new LanguageEngineOptions
        {
            ContextLength = context,
            CacheTokens = clients * context,
            MaxSequences = Math.Max(clients, new LanguageEngineOptions().MaxSequences),
            QueueSize = LanguageBenchOptions.MostClients,
            KvType = options.KvType,
            Workers = options.Workers,
        };
        await using var engine = new LanguageEngine(model, serving, _time);
        var load = new ClientLoad(engine, clients, options.Prompt, options.Generate, _time);
        var waits = new List<double>();
        LanguageBenchRow row = await MeasureAsync(LanguageBenchCase.Server, clients * options.Generate, () => load.RunAsync(stop), stop, () =>
        {
            foreach (TimeSpan wait in load.FirstTokens)
                waits.Add(wait.TotalSeconds);
        });
        return row with
        {
            Clients = clients,
            FirstTokenMedian = TimeSpan.FromSeconds(Figures.Median(waits)),
            FirstToken95 = TimeSpan.FromSeconds(Figures.Quantile(waits, 0.95)),
        };
    }

    private async Task<LanguageBenchRow> MeasureAsync(LanguageBenchCase what, int tokens, Func<Task> round, CancellationToken stop, Action? afterRound = null)
    {
        await round();
        double[] speeds = new double[options.Rounds];
        for (int i = 0; i < speeds.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            long begun = _time.GetTimestamp();
            await round();
            speeds[i] = tokens / Math.Max(_time.GetElapsedTime(begun).TotalSeconds, 1e-9);
            afterRound?.Invoke();
        }
        return new LanguageBenchRow(what, 1, Figures.Median(speeds), Figures.Spread(speeds));
    }
}
