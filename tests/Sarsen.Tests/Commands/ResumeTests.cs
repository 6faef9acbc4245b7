using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Tests.Commands;

/// <summary>A run that is killed at random moments, again and again, ends with the bits of one that was left alone.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public ResumeTests()
    {
        var rng = new Rng(5, "resume tests");
        var csv = new StringBuilder("a,b,c,label\n");
        for (int i = 0; i < 600; i++)
        {
            double a = rng.Normal(3 * i), b = rng.Normal(3 * i + 1), c = rng.Normal(3 * i + 2);
            csv.Append(CultureInfo.InvariantCulture, $"{a},{b},{c},{(a * b + c > 0 ? "yes" : "no")}\n");
        }
        File.WriteAllText(Path.Combine(_folder, "data.csv"), csv.ToString());
        // Everything that has a state: momentum, batch norm's statistics, dropout's masks, a schedule that watches, the best weights.
        File.WriteAllText(Path.Combine(_folder, "spec.yaml"), """
            name: resumed
            seed: 11
            data:
              source: {csv: data.csv}
              target: label
              split: {train: 0.7, validation: 0.15, test: 0.15, stratify: true}
            preprocess: [standard_scale]
            model:
              layers:
                - dense: {out_features: 32, activation: relu}
                - batch_norm
                - dropout: 0.3
                - dense: {out_features: 16, activation: tanh}
                - dense: 2
            train:
              loss: cross_entropy
              optimizer: {adam: {lr: 0.003}}
              schedule: {reduce_on_plateau: {patience: 1, factor: 0.5}}
              clipping: {norm: 1}
              batch_size: 8
              grain: 4
              epochs: 12
              early_stopping: {patience: 20}
              checkpoints: {every_steps: 7, keep: 3}
            """);
        File.WriteAllText(Path.Combine(_folder, "corpus.txt"), string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i * i} is {i} by {i}\n")));
        // Windows that are drawn, and texts that are written in between.
        File.WriteAllText(Path.Combine(_folder, "language.yaml"), """
            name: language
            seed: 12
            data: {source: {text: {path: corpus.txt, unit: file}}, split: {train: 0.8, validation: 0.1, test: 0.1}}
            preprocess: [token_windows: {tokenizer: byte_pair, vocabulary_size: 300, context_length: 16, windows: 200}]
            model: {preset: {decoder: {num_hidden_layers: 2, hidden_size: 32, num_attention_heads: 4}}}
            train:
              loss: next_token
              optimizer: {adamw: {lr: 0.003, groups: [{max_rank: 1, weight_decay: 0}]}}
              schedule: {linear_warmup: {total_iters: 20, then: cosine}}
              clipping: {norm: 1}
              ema: 0.99
              batch_size: 8
              accumulate: 2
              epochs: 12
              checkpoints: {every_steps: 7, keep: 3}
            text_samples: {tokens: 40}
            """);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_run_that_is_killed_three_times_ends_with_the_same_bits() => KillAndCompare(kills: 3, seed: 1);

    [SlowFact]
    public void A_language_model_that_is_killed_twenty_times_ends_with_the_same_bits() => KillAndCompare(kills: 20, seed: 3, spec: "language.yaml");

    [SlowFact]
    public void A_run_that_is_killed_fifty_times_ends_with_the_same_bits() => KillAndCompare(kills: 50, seed: 2);

    private void KillAndCompare(int kills, ulong seed, string spec = "spec.yaml")
    {
        SarsenProcess.Run(_folder, "train", spec, "--run", "whole").ShouldSucceed();
        string expected = Outcome("whole");
        var rng = new Rng(seed, "kills");
        int killed = 0, finished = 0;
        string run = "";
        for (int start = 0; killed < kills || run.Length > 0; start++)
        {
            bool fresh = run.Length == 0;
            run = fresh ? $"killed-{finished}" : run;
            using Process process = SarsenProcess.Start(_folder, fresh ? ["train", spec, "--run", run] : ["train", "--resume", run]);
            Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
            bool mayKill = killed < kills;
            // From before the first page is read to after the model is written.
            if (mayKill && !process.WaitForExit(TimeSpan.FromMilliseconds(250 + 1400 * rng.UniformDouble(start))))
            {
                process.Kill();
                process.WaitForExit();
                killed++;
                if (!File.Exists(Path.Combine(_folder, run, "run.json")))
                    run = Abandon(run);
                continue;
            }
            process.WaitForExit();
            process.ExitCode.ShouldBe(0, $"{run}, start {start}: {output.Result}\n{errors.Result}");
            Outcome(run).ShouldBe(expected, $"{run}, start {start}");
            finished++;
            run = "";
        }
    }

    // Killed before there was anything to resume: the folder is begun anew.
    private string Abandon(string run)
    {
        if (Directory.Exists(Path.Combine(_folder, run)))
            Directory.Delete(Path.Combine(_folder, run), recursive: true);
        return "";
    }

    private string Outcome(string run) => string.Join(' ', new[] { "model.safetensors", "pipeline.json", "network.json", "validation.json", "test.json" }
        .Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder, run, "model", file))))[..16]));
}
