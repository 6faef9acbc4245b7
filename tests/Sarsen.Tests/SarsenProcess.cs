using System.Diagnostics;
using System.Text;

namespace Sarsen.Tests;

/// <summary>The program as a user starts it: a process of its own.</summary>
internal static class SarsenProcess
{
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "sarsen.dll");

    public sealed record Ended(int ExitCode, string Output, string Errors)
    {
        public Ended ShouldSucceed() => ShouldEndWith(0);

        /// <summary>The exit code, and an error in words: no stack trace, whatever was given.</summary>
        public Ended ShouldFail(int code, string words)
        {
            ShouldEndWith(code);
            Errors.ShouldContain(words);
            return this;
        }

        private Ended ShouldEndWith(int code)
        {
            ExitCode.ShouldBe(code, $"{Output}\n{Errors}");
            Errors.ShouldNotContain("   at ");
            return this;
        }
    }

    public static Process Start(string folder, params IEnumerable<string> arguments) => Start(folder, withInput: false, arguments);

    /// <param name="folder">The working folder.</param>
    /// <param name="withInput">The test writes the standard input.</param>
    /// <param name="arguments">The words behind <c>sarsen</c>.</param>
    public static Process Start(string folder, bool withInput, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [s_program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = withInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["TERM"] = "dumb";
        start.Environment.Remove("SARSEN_KEY");
        return Process.Start(start)!;
    }

    public static Ended Run(string folder, params IEnumerable<string> arguments)
    {
        using Process process = Start(folder, arguments);
        return End(process, $"sarsen {string.Join(' ', arguments)}");
    }

    /// <summary>Reads the rest of what a process says, and waits for its end.</summary>
    public static Ended End(Process process, string what)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{what} did not end");
        }
        process.WaitForExit();
        // What a machine does without is told on standard error, and is no error.
        string said = string.Join('\n', errors.Result.Split('\n').Where(l => !l.StartsWith("sarsen: note: ", StringComparison.Ordinal)));
        return new Ended(process.ExitCode, output.Result, said);
    }

    /// <summary>Sends a signal, such as INT, to one process.</summary>
    public static void Signal(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"])!;
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
    }
}
