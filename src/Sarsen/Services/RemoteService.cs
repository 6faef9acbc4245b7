using System.Net;
using Sarsen.Server.Client;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Keys;
using Sarsen.Server.Features.Models;

namespace Sarsen.Services;

/// <summary>A running server.</summary>
internal sealed class RemoteService(SarsenClient client, Uri url) : IService
{
    public string Name => url.ToString();

    public Task<IReadOnlyList<ModelView>> ListModelsAsync(CancellationToken stop) => client.ListModelsAsync(stop);

    public Task<ModelView> GetModelAsync(string name, CancellationToken stop) => client.GetModelAsync(name, stop);

    public Task<ModelVersionView> RegisterAsync(string name, string folder, CancellationToken stop) => client.UploadAsync(name, folder, stop);

    public Task DeleteModelAsync(string name, int? version, CancellationToken stop) =>
        version is { } number ? client.DeleteVersionAsync(name, number, stop) : client.DeleteModelAsync(name, stop);

    public Task<AliasView> SetAliasAsync(string name, string alias, string version, CancellationToken stop) => client.SetAliasAsync(name, alias, version, stop);

    public async Task<IReadOnlyList<DeploymentLine>> ListDeploymentsAsync(CancellationToken stop) => [.. (await client.ListDeploymentsAsync(stop)).Select(StateOf)];

    public async Task<DeploymentLine> DeployAsync(CreateDeployment deployment, CancellationToken stop)
    {
        try
        {
            await client.DeployAsync(deployment, stop);
        }
        catch (ServerRefusalException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            await client.UpdateDeploymentAsync(deployment.Name, new UpdateDeployment(deployment.Model, deployment.Version, deployment.Replicas,
                deployment.MaxBatch, deployment.MaxDelayMs, deployment.QueueSize, deployment.TimeoutMs), stop);
        }
        return StateOf(await client.WaitUntilLoadedAsync(deployment.Name, stop));
    }

    public Task DeleteDeploymentAsync(string name, CancellationToken stop) => client.DeleteDeploymentAsync(name, stop);

    public Task<IReadOnlyList<KeyView>> ListKeysAsync(CancellationToken stop) => client.ListKeysAsync(stop);

    public Task<KeyView> CreateKeyAsync(string name, KeyRole role, CancellationToken stop) => client.CreateKeyAsync(new CreateKey(name, role), stop);

    public Task<KeyView> RevokeKeyAsync(string id, CancellationToken stop) => client.RevokeKeyAsync(id, stop);

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static DeploymentLine StateOf(DeploymentView view) => new(view.Name, view.Model, view.Version, view.Replicas, view.State, view.Reason);
}
