using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sarsen.Server.Errors;
using Sarsen.Server.Features.Models;
using Sarsen.Serving;

namespace Sarsen.Server.Features.Deployments;

/// <summary>The deployments of this server, at work.</summary>
internal sealed partial class ServedDeployments(
    DeploymentStore store, ModelRegistry registry, IPredictorFactory predictors, ServerOptions options, ILogger<ServedDeployments> log)
{
    private readonly ConcurrentDictionary<string, DeployedModel> _deployed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, byte> _loading = [];

    // What is stored and what is at work change in the same order.
    private readonly SemaphoreSlim _changes = new(1, 1);

    public IReadOnlyList<DeployedModel> All => [.. _deployed.Values.OrderBy(d => d.Settings.Name, StringComparer.Ordinal)];

    /// <summary>Whether nothing is being loaded for the first time. What failed is no longer waited for.</summary>
    public bool AreLoaded => _deployed.Values.All(d => d.State != DeploymentState.Loading);

    /// <summary>Begins to load all that is to be deployed.</summary>
    public async Task StartAsync()
    {
        foreach (Deployment deployment in await store.ListAsync())
            Load(_deployed[deployment.Name] = new DeployedModel(deployment, options.DrainTimeout));
    }

    /// <summary>Answers what waits, and ends all.</summary>
    public async Task StopAsync()
    {
        await Task.WhenAll(_deployed.Values.Select(d => d.EndAsync()));
        await Task.WhenAll(_loading.Keys);
    }

    public DeployedModel? Find(string name) => _deployed.GetValueOrDefault(name);

    /// <exception cref="RequestException">There is no such deployment.</exception>
    public DeployedModel Require(string name) => Find(name) ?? throw DeploymentStore.NoDeployment(name);

    public Task<DeployedModel> CreateAsync(CreateDeployment request) => ChangeAsync(async () =>
    {
        Deployment deployment = await store.CreateAsync(request);
        DeployedModel deployed = _deployed[deployment.Name] = new DeployedModel(deployment, options.DrainTimeout);
        Load(deployed);
        return deployed;
    });

    public Task<DeployedModel> UpdateAsync(string name, UpdateDeployment request) => ChangeAsync(async () =>
    {
        (_, Deployment after) = await store.UpdateAsync(name, request);
        DeployedModel deployed = Require(name);
        deployed.Announce(after);
        Load(deployed);
        return deployed;
    });

    public async Task DeleteAsync(string name)
    {
        DeployedModel? ended = await ChangeAsync(async () =>
        {
            await store.DeleteAsync(name);
            return _deployed.TryRemove(name, out DeployedModel? deployed) ? deployed : null;
        });
        if (ended is not null)
            await ended.EndAsync();
    }

    /// <exception cref="RequestException">A version is being served, if only until a change has been loaded.</exception>
    public void RequireUnused(string model, int? version)
    {
        DeployedModel? user = All.FirstOrDefault(d => d.Active?.Settings is { } s && s.Model == model && (version is null || s.Version == version));
        if (user is not null)
            throw RequestException.Conflict($"the model '{model}' is served by the deployment '{user.Settings.Name}': delete that, or wait until it serves another version");
    }

    private async Task<T> ChangeAsync<T>(Func<Task<T>> change)
    {
        await _changes.WaitAsync();
        try
        {
            return await change();
        }
        finally
        {
            _changes.Release();
        }
    }

    private void Load(DeployedModel deployed)
    {
        // Loading reads, checks and repacks gigabytes: not a matter for the pool's threads.
        Task load = Task.Factory.StartNew(() => ApplyAsync(deployed), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        _loading.TryAdd(load, 0);
        load.ContinueWith(t => _loading.TryRemove(t, out _), TaskScheduler.Default);
    }

    private async Task ApplyAsync(DeployedModel deployed)
    {
        string name = deployed.Settings.Name;
        try
        {
            if (await deployed.ApplyAsync(LoadAsync) is { } failed)
                await store.RevertAsync(failed.From, failed.To);
        }
        catch (Exception e)
        {
            LogFailure(log, e, name);
        }
        if (deployed.Reason is { } reason)
            LogReason(log, name, reason);
    }

    private async Task<ReplicaSet> LoadAsync(Deployment deployment)
    {
        ModelVersion version = await registry.GetVersionAsync(deployment.Model, deployment.Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        string folder = registry.Verify(version);
        return await ReplicaSet.LoadAsync(
            () => predictors.Load(folder, deployment.Name, deployment.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            deployment.Replicas, deployment.Batching, options.Time);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the deployment {Name} could not be brought up to date")]
    private static partial void LogFailure(ILogger log, Exception error, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "deployment {Name}: {Reason}")]
    private static partial void LogReason(ILogger log, string name, string reason);
}
