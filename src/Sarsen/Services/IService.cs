using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Keys;
using Sarsen.Server.Features.Models;

namespace Sarsen.Services;

/// <summary>Registry, deployments and keys, as commands use them: of a running server, or of a data folder that no server works on.</summary>
internal interface IService : IAsyncDisposable
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    Task<IReadOnlyList<ModelView>> ListModelsAsync(CancellationToken stop);

    Task<ModelView> GetModelAsync(string name, CancellationToken stop);

    /// <summary>Registers a model's folder as the next version.</summary>
    Task<ModelVersionView> RegisterAsync(string name, string folder, CancellationToken stop);

    /// <summary>Deletes a version, or all of a model when <paramref name="version"/> is null; refused while deployed.</summary>
    Task DeleteModelAsync(string name, int? version, CancellationToken stop);

    Task<AliasView> SetAliasAsync(string name, string alias, string version, CancellationToken stop);

    Task<IReadOnlyList<DeploymentLine>> ListDeploymentsAsync(CancellationToken stop);

    /// <summary>Makes a deployment, or changes the one of that name.</summary>
    Task<DeploymentLine> DeployAsync(CreateDeployment deployment, CancellationToken stop);

    Task DeleteDeploymentAsync(string name, CancellationToken stop);

    Task<IReadOnlyList<KeyView>> ListKeysAsync(CancellationToken stop);

    /// <summary>Makes a key; its text is in the answer, and nowhere else.</summary>
    Task<KeyView> CreateKeyAsync(string name, KeyRole role, CancellationToken stop);

    Task<KeyView> RevokeKeyAsync(string id, CancellationToken stop);
}
