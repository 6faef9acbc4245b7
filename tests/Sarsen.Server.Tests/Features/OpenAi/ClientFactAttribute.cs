using Sarsen.Testing;

namespace Sarsen.Server.Tests.Features.OpenAi;

/// <summary>A fact of the slow tier that needs other people's programs from <c>tests/clients</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClientFactAttribute : SlowFactAttribute
{
    public ClientFactAttribute(string package, params string[] dataPaths)
        : base(dataPaths)
    {
        if (!Directory.Exists(Repository.PathOf("tests", "clients", "node_modules", package)))
            Skip ??= $"needs Node.js and {package}: run npm ci in tests/clients";
    }
}
