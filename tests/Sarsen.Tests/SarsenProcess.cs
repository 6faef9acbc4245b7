using System.Diagnostics;
using System.Text;

namespace Sarsen.Tests;

/// <summary>The program as a user starts it: a process of its own.</summary>
internal static class SarsenProcess
{
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "sarsen.dll");

    public sealed record Ended(int ExitCode, string Output, string Errors)
    {
        public Ended ShouldSucceed()
        {
            ExitCode.ShouldBe(0, $"{Output}\n{Errors}");
            return this;
        }
    }

    public static Process Start(string folder, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [s_program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["TERM"] = "dumb";
        return Process.Start(start)!;
    }

    public static Ended Run(string folder, params IEnumerable<string> arguments)
    {
        using Process process = Start(folder, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"sarsen {string.Join(' ', arguments)} did not end");
        }
        process.WaitForExit();
        return new Ended(process.ExitCode, output.Result, errors.Result);
    }
}
