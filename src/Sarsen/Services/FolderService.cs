using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Keys;
using Sarsen.Server.Features.Models;
using Sarsen.Server.Storage;

namespace Sarsen.Services;

/// <summary>A data folder that no server works on; the next server that starts on it serves what is stored here.</summary>
internal sealed class FolderService : IService
{
    private readonly DataFolder _folder;
    private readonly ModelRegistry _models;
    private readonly DeploymentStore _deployments;
    private readonly KeyStore _keys;

    /// <exception cref="Server.ServerStartException">A server works on the folder, or it cannot be used.</exception>
    public FolderService(string path)
    {
        _folder = DataFolder.Open(path);
        _models = new ModelRegistry(_folder, TimeProvider.System);
        _deployments = new DeploymentStore(_folder, TimeProvider.System);
        _keys = new KeyStore(_folder, TimeProvider.System);
    }

    public string Name => _folder.Path;

    public async Task<IReadOnlyList<ModelView>> ListModelsAsync(CancellationToken stop)
    {
        var views = new List<ModelView>();
        foreach (Model model in await _models.ListAsync())
            views.Add(await ModelView.ReadAsync(_models, model.Name));
        return views;
    }

    public Task<ModelView> GetModelAsync(string name, CancellationToken stop) => ModelView.ReadAsync(_models, name);

    public async Task<ModelVersionView> RegisterAsync(string name, string folder, CancellationToken stop) =>
        ModelVersionView.Of(await _models.ImportAsync(name, folder, stop));

    public async Task DeleteModelAsync(string name, int? version, CancellationToken stop)
    {
        if ((await _deployments.ListAsync()).Find(d => d.Model == name && (version is null || d.Version == version)) is { } used)
            throw new CommandException($"'{name}' is deployed as '{used.Name}': delete that first, with sarsen deploy --delete {used.Name}");
        if (version is { } number)
            await _models.DeleteVersionAsync(name, number);
        else
            await _models.DeleteAsync(name);
    }

    public async Task<AliasView> SetAliasAsync(string name, string alias, string version, CancellationToken stop)
    {
        ModelAlias row = await _models.SetAliasAsync(name, alias, version);
        return new AliasView(row.Model, row.Alias, row.Version);
    }

    public async Task<IReadOnlyList<DeploymentLine>> ListDeploymentsAsync(CancellationToken stop) => [.. (await _deployments.ListAsync()).Select(StateOf)];

    public async Task<DeploymentLine> DeployAsync(CreateDeployment deployment, CancellationToken stop)
    {
        if ((await _deployments.ListAsync()).Exists(d => d.Name == deployment.Name))
        {
            return StateOf((await _deployments.UpdateAsync(deployment.Name, new UpdateDeployment(deployment.Model, deployment.Version, deployment.Replicas,
                deployment.MaxBatch, deployment.MaxDelayMs, deployment.QueueSize, deployment.TimeoutMs))).After);
        }
        return StateOf(await _deployments.CreateAsync(deployment));
    }

    public Task DeleteDeploymentAsync(string name, CancellationToken stop) => _deployments.DeleteAsync(name);

    public async Task<IReadOnlyList<KeyView>> ListKeysAsync(CancellationToken stop) => [.. (await _keys.ListAsync()).Select(k => KeyView.Of(k))];

    public async Task<KeyView> CreateKeyAsync(string name, KeyRole role, CancellationToken stop)
    {
        (ApiKey key, string text) = await _keys.CreateAsync(name, role);
        return KeyView.Of(key, text);
    }

    public async Task<KeyView> RevokeKeyAsync(string id, CancellationToken stop) => KeyView.Of(await _keys.RevokeAsync(id));

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static DeploymentLine StateOf(Deployment d) => new(d.Name, d.Model, d.Version, d.Replicas, "stored");
}
