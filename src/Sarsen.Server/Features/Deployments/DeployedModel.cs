using Sarsen.Server.Errors;
using Sarsen.Serving;

namespace Sarsen.Server.Features.Deployments;

public enum DeploymentState
{
    /// <summary>Nothing serves yet.</summary>
    Loading,

    Ready,

    /// <summary>Serves as before, while what it was changed to is loading.</summary>
    Updating,

    /// <summary>It could not be loaded; the reason says why.</summary>
    Failed,
}

/// <summary>What serves now.</summary>
/// <param name="Settings">As it was when the replicas were loaded.</param>
/// <param name="Replicas">The replicas.</param>
internal sealed record ActiveVersion(Deployment Settings, ReplicaSet Replicas);

/// <summary>
/// One deployment at work. A change loads new replicas beside the old, exchanges them in one step, and lets the old answer
/// what they have taken; a request that meets a closing replica goes to the new ones. So no request is lost.
/// </summary>
internal sealed class DeployedModel(Deployment settings, TimeSpan drainTimeout)
{
    private readonly SemaphoreSlim _work = new(1, 1);
    private readonly List<Task> _draining = [];
    private volatile ActiveVersion? _active;
    private volatile bool _ended;

    /// <summary>As it is to be.</summary>
    public Deployment Settings { get; private set; } = settings;

    public ActiveVersion? Active => _active;

    public DeploymentState State { get; private set; } = DeploymentState.Loading;

    /// <summary>Why it failed, or why a change was not made; null where all is well.</summary>
    public string? Reason { get; private set; }

    /// <summary>Notes what it is to become.</summary>
    public void Announce(Deployment settings)
    {
        Settings = settings;
        Reason = null;
        State = _active is null ? DeploymentState.Loading : DeploymentState.Updating;
    }

    /// <summary>Loads what was announced and exchanges it for what serves.</summary>
    /// <param name="load">Loads the replicas of a deployment.</param>
    /// <returns>Null, or the change that failed and what the deployment was taken back to.</returns>
    public async Task<(Deployment From, Deployment To)?> ApplyAsync(Func<Deployment, Task<ReplicaSet>> load)
    {
        await _work.WaitAsync();
        try
        {
            Deployment target = Settings;
            // A later change has been loaded already by the one who waited before.
            if (_ended || _active?.Settings == target)
                return null;
            try
            {
                var fresh = new ActiveVersion(target, await load(target));
                ActiveVersion? old = Interlocked.Exchange(ref _active, fresh);
                if (old is not null)
                    Drain(old.Replicas);
                if (Settings == target)
                    (State, Reason) = (DeploymentState.Ready, null);
                return null;
            }
            catch (Exception e) when (Settings != target)
            {
                Reason = e.Message;
                return null;
            }
            catch (Exception e)
            {
                if (_active is not { } old)
                {
                    (State, Reason) = (DeploymentState.Failed, e.Message);
                    return null;
                }
                (State, Reason) = (DeploymentState.Ready, $"the change was not made, version {old.Settings.Version} still serves: {e.Message}");
                Settings = old.Settings;
                return (target, old.Settings);
            }
        }
        finally
        {
            _work.Release();
        }
    }

    /// <summary>Does something with the replicas that serve; once more where they were exchanged meanwhile.</summary>
    /// <exception cref="RequestException">Nothing serves.</exception>
    public async Task<T> UseAsync<T>(Func<ActiveVersion, Task<T>> use)
    {
        while (true)
        {
            ActiveVersion active = _active ?? throw RequestException.Unavailable(State == DeploymentState.Failed
                ? $"the deployment '{Settings.Name}' failed: {Reason}"
                : $"the deployment '{Settings.Name}' is loading: try again soon");
            try
            {
                return await use(active);
            }
            catch (ReplicaClosedException) when (!ReferenceEquals(active, _active) && !_ended)
            {
            }
        }
    }

    /// <summary>Answers what waits, and ends.</summary>
    public async Task EndAsync()
    {
        _ended = true;
        await _work.WaitAsync();
        try
        {
            if (_active is { } active)
                Drain(active.Replicas);
            await Task.WhenAll(_draining);
        }
        finally
        {
            _work.Release();
        }
    }

    private void Drain(ReplicaSet replicas)
    {
        _draining.RemoveAll(t => t.IsCompletedSuccessfully);
        _draining.Add(replicas.DrainAsync(drainTimeout));
    }
}
