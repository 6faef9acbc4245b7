using Sarsen.Server.Errors;
using Sarsen.Server.Features.Deployments;

namespace Sarsen.Server.Features.Inference;

/// <summary>Models as the Open Inference Protocol sees them: deployments, with the version that serves.</summary>
internal static class OipModels
{
    /// <exception cref="RequestException">There is no such model.</exception>
    public static DeployedModel Require(ServedDeployments deployments, string name) =>
        deployments.Find(name) ?? throw RequestException.NotFound($"there is no model '{name}': models are the deployments of this server");

    /// <param name="active">What serves; null for nothing yet.</param>
    /// <param name="version">The version that was asked for; null for any.</param>
    /// <exception cref="RequestException">The version is no number, or not the one that serves.</exception>
    public static void RequireVersion(ActiveVersion? active, string? version)
    {
        if (version is null)
            return;
        if (version.Length == 0 || !version.All(char.IsAsciiDigit))
            throw RequestException.Invalid($"'{version}' is no version: versions are whole numbers");
        if (!int.TryParse(version, out int number) || active?.Settings.Version != number)
            throw RequestException.NotFound(active is null
                ? $"version {version} does not serve: nothing does yet"
                : $"version {version} of '{active.Settings.Name}' does not serve: version {active.Settings.Version} does");
    }
}
