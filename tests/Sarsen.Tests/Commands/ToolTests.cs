using System.Diagnostics;
using Sarsen.Testing;

namespace Sarsen.Tests.Commands;

/// <summary>The program as a .NET tool: packed, installed from a folder, run from another one.</summary>
public sealed class ToolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SlowFact]
    public void It_is_packed_installed_and_runs_the_quickstart()
    {
        Run("dotnet", "pack", Repository.PathOf("src", "Sarsen"), "-c", "Release", "-v", "quiet", "-o", Path.Combine(_folder, "packages"));
        Run("dotnet", "tool", "install", "--tool-path", Path.Combine(_folder, "tools"), "--source", Path.Combine(_folder, "packages"), "Sarsen");
        Run(Path.Combine(_folder, "tools", "sarsen"), "quickstart", "--once").ShouldContain("curl -s http://127.0.0.1:8000/");
    }

    private string Run(string program, params IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}\n{output}");
        return output;
    }
}
