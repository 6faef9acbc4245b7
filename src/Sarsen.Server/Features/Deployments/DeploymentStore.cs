using Microsoft.EntityFrameworkCore;
using Sarsen.Server.Errors;
using Sarsen.Server.Features.Models;
using Sarsen.Server.Storage;
using Sarsen.Serving.Batching;

namespace Sarsen.Server.Features.Deployments;

/// <summary>What is to be deployed. A server that starts on the folder serves it.</summary>
public sealed class DeploymentStore(DataFolder folder, TimeProvider time)
{
    private const int MaxReplicas = 64;

    public async Task<List<Deployment>> ListAsync()
    {
        using ServerDatabase database = folder.OpenDatabase();
        return await database.Deployments.AsNoTracking().OrderBy(d => d.Name).ToListAsync();
    }

    /// <exception cref="RequestException">There is one of that name, no such version, or an option is out of range.</exception>
    public async Task<Deployment> CreateAsync(CreateDeployment request)
    {
        ResourceName.Check(request.Name, "deployment");
        var defaults = new BatchingOptions();
        await using Turn turn = await folder.TakeTurnAsync();
        using ServerDatabase database = folder.OpenDatabase();
        if (await database.Deployments.AnyAsync(d => d.Name == request.Name))
            throw RequestException.Conflict($"there is a deployment '{request.Name}' already: change it, delete it, or choose another name");
        ModelVersion version = await ModelRegistry.FindVersionAsync(database, request.Model, request.Version);
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        Deployment deployment = Checked(new Deployment
        {
            Name = request.Name,
            Model = version.Model,
            Version = version.Version,
            Replicas = request.Replicas ?? 1,
            MaxBatch = request.MaxBatch ?? defaults.MaxBatch,
            MaxDelayMs = request.MaxDelayMs ?? (int)defaults.MaxDelay.TotalMilliseconds,
            QueueSize = request.QueueSize ?? defaults.QueueSize,
            TimeoutMs = request.TimeoutMs ?? (int)defaults.Timeout.TotalMilliseconds,
            CreatedUnixMs = now,
            UpdatedUnixMs = now,
        });
        database.Deployments.Add(deployment);
        await database.SaveChangesAsync();
        return deployment;
    }

    /// <summary>Changes what the request names, and leaves the rest.</summary>
    /// <returns>The deployment before and after.</returns>
    /// <exception cref="RequestException">There is no such deployment or version, or an option is out of range.</exception>
    public async Task<(Deployment Before, Deployment After)> UpdateAsync(string name, UpdateDeployment request)
    {
        await using Turn turn = await folder.TakeTurnAsync();
        using ServerDatabase database = folder.OpenDatabase();
        Deployment before = await database.Deployments.AsNoTracking().SingleOrDefaultAsync(d => d.Name == name) ?? throw NoDeployment(name);
        Deployment after = before;
        if (request.Model is not null || request.Version is not null)
        {
            ModelVersion version = await ModelRegistry.FindVersionAsync(database, request.Model ?? before.Model, request.Version);
            after = after with { Model = version.Model, Version = version.Version };
        }
        after = Checked(after with
        {
            Replicas = request.Replicas ?? before.Replicas,
            MaxBatch = request.MaxBatch ?? before.MaxBatch,
            MaxDelayMs = request.MaxDelayMs ?? before.MaxDelayMs,
            QueueSize = request.QueueSize ?? before.QueueSize,
            TimeoutMs = request.TimeoutMs ?? before.TimeoutMs,
            UpdatedUnixMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        });
        database.Deployments.Update(after);
        await database.SaveChangesAsync();
        return (before, after);
    }

    /// <exception cref="RequestException">There is no such deployment.</exception>
    public async Task DeleteAsync(string name)
    {
        await using Turn turn = await folder.TakeTurnAsync();
        using ServerDatabase database = folder.OpenDatabase();
        if (await database.Deployments.Where(d => d.Name == name).ExecuteDeleteAsync() == 0)
            throw NoDeployment(name);
    }

    /// <summary>Takes a change back, where nothing has changed since.</summary>
    internal async Task RevertAsync(Deployment from, Deployment to)
    {
        await using Turn turn = await folder.TakeTurnAsync();
        using ServerDatabase database = folder.OpenDatabase();
        Deployment? now = await database.Deployments.AsNoTracking().SingleOrDefaultAsync(d => d.Name == from.Name);
        if (now != from)
            return;
        database.Deployments.Update(to);
        await database.SaveChangesAsync();
    }

    internal static RequestException NoDeployment(string name) => RequestException.NotFound($"there is no deployment '{name}'");

    private static Deployment Checked(Deployment deployment)
    {
        if (deployment.Replicas is < 1 or > MaxReplicas)
            throw RequestException.Invalid($"replicas is {deployment.Replicas}, it must be 1 to {MaxReplicas}");
        try
        {
            deployment.Batching.Validate();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw RequestException.Invalid(e.Message.Split(" (Parameter")[0], e);
        }
        return deployment;
    }
}
