using System.Diagnostics;
using System.Text.Json;

namespace Sarsen.Testing;

/// <summary>llama.cpp in a process of its own, by the npm package that brings it: what it makes of a GGUF file.</summary>
public static class LlamaCpp
{
    private const string Package = "node-llama-cpp";

    /// <summary>The folder with the package; null where it is nowhere.</summary>
    private static string? Modules { get; } = new[] { Environment.GetEnvironmentVariable("SARSEN_NODE_MODULES") ?? "", Repository.PathOf("artifacts", "llama.cpp", "node_modules") }
        .FirstOrDefault(folder => folder.Length > 0 && Directory.Exists(Path.Combine(folder, Package)));

    /// <summary>Null when it can run, else the reason to skip.</summary>
    public static string? WhyMissing => Modules is null
        ? $"needs npm's {Package}: tests/install-llama-cpp puts it into artifacts/llama.cpp, or name a node_modules in SARSEN_NODE_MODULES"
        : null;

    /// <summary>The logits behind each token, those of the prompt first, then those of the likeliest continuation.</summary>
    public sealed record Answer(float[][] Logits, int[] Continuation);

    public static Answer Continue(string file, long[] ids, int more)
    {
        using JsonDocument answer = Ask(new { file, ids, more });
        IEnumerable<float[]> Rows(string name) => answer.RootElement.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(e => e.GetSingle()).ToArray());
        return new Answer([.. Rows("logits"), .. Rows("more")], [.. answer.RootElement.GetProperty("ids").EnumerateArray().Select(e => e.GetInt32())]);
    }

    /// <summary>The tokens of texts, without those around them.</summary>
    public static int[][] Tokenize(string file, params string[] texts)
    {
        using JsonDocument answer = Ask(new { file, texts });
        return [.. answer.RootElement.GetProperty("tokens").EnumerateArray().Select(row => row.EnumerateArray().Select(e => e.GetInt32()).ToArray())];
    }

    private static JsonDocument Ask(object question)
    {
        var start = new ProcessStartInfo("node", [Repository.PathOf("tests", "Sarsen.Testing", "llama_cpp_side.mjs"), Modules!])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.WriteLine(JsonSerializer.Serialize(question));
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string line = output.Split('\n').FirstOrDefault(l => l.StartsWith('{'))
            ?? throw new InvalidOperationException($"llama.cpp gave no answer: {output}{errors.Result}");
        return JsonDocument.Parse(line);
    }
}
