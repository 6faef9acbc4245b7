namespace Sarsen.Services;

/// <param name="Name">What clients call.</param>
/// <param name="Model">The registered model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Replicas">Copies that work at the same time.</param>
/// <param name="State">loading, ready, updating, failed; or stored, where no server runs.</param>
/// <param name="Reason">Why it failed.</param>
internal sealed record DeploymentLine(string Name, string Model, int Version, int Replicas, string State, string? Reason = null);
