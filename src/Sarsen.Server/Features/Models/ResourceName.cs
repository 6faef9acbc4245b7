using Sarsen.Server.Errors;

namespace Sarsen.Server.Features.Models;

/// <summary>Names of models, aliases and deployments: they stand in paths and in URLs.</summary>
internal static class ResourceName
{
    private const int MaxLength = 64;

    /// <exception cref="RequestException">The name is empty, too long, or holds a character that is not allowed.</exception>
    public static string Check(string? name, string what)
    {
        bool allowed = name is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name[^1] != '.';
        return allowed
            ? name!
            : throw RequestException.Invalid($"'{name}' is no name for a {what}: 1 to {MaxLength} of a-z, A-Z, 0-9, '-', '_' and '.', beginning with a letter or a digit and not ending with '.'");
    }
}
