using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Sarsen.Tests.Commands;

/// <summary>What a person sees, through a pseudo-terminal that the program <c>script</c> of util-linux gives.</summary>
[Collection(TrainedModels.Collection)]
public class TerminalTests(TrainedModels models)
{
    [TerminalFact]
    public void Training_on_a_terminal_draws_a_bar_in_colours()
    {
        string command = $"stty cols 80; dotnet '{Path.Combine(AppContext.BaseDirectory, "sarsen.dll")}' train fruit.yaml --run terminal --set train.epochs=200";
        var start = new ProcessStartInfo("script", ["-qec", command, "/dev/null"])
        {
            WorkingDirectory = models.Folder,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, output);
        output.ShouldContain("\x1b[");
        output.ShouldContain("samples/s");
        string plain = Regex.Replace(output, "\x1b\\[[0-9;?]*[a-zA-Z]", "");
        plain.ShouldContain("the model is in terminal/model");
        plain.Split('\n').ShouldAllBe(l => l.Split('\r', StringSplitOptions.RemoveEmptyEntries).All(part => part.Length <= 80));
    }
}

/// <summary>A fact that needs <c>script</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute()
    {
        if (!File.Exists("/usr/bin/script"))
            Skip = "needs /usr/bin/script: apt-get install bsdutils";
    }
}
