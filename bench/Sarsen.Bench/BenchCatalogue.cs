using Sarsen.Bench.Language;

namespace Sarsen.Bench;

/// <param name="Name">Its name.</param>
/// <param name="Batches">The sizes of batch it is measured at; 0 where it has none.</param>
internal readonly record struct BenchCase(string Name, IReadOnlyList<int> Batches);

/// <summary>A kind of benchmark.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cases">What it can be asked for.</param>
/// <param name="Start">The work of a case at a size of batch.</param>
internal sealed record BenchKind(string Name, IReadOnlyList<BenchCase> Cases, Func<string, int, Work> Start);

/// <summary>All benchmarks: what <c>bench/run</c> can measure is what stands here.</summary>
internal static class BenchCatalogue
{
    private static readonly string[] s_bytes = ["mlp", "cnn", "lstm", "resnet18"];

    public static IReadOnlyList<BenchKind> All { get; } =
    [
        new("train", [.. Networks.All.Select(s => new BenchCase(s.Name, [s.TrainingBatch]))], (name, batch) => TrainWork.Of(Networks.Of(name), batch)),
        new("infer", [.. Networks.All.Select(s => new BenchCase(s.Name, s.PredictionBatches)), new("gpt-decode", [1])],
            (name, batch) => name == "gpt-decode" ? new DecodeWork() : InferWork.Of(Networks.Of(name), batch)),
        new("int8", [.. s_bytes.Select(name => new BenchCase(name, Networks.Of(name).PredictionBatches))], (name, batch) => InferWork.AsBytes(Networks.Of(name), batch)),
        new("gemm", Plain(GemmWork.Cases), (name, _) => GemmWork.Of(name)),
        new("kernels", Plain(KernelWork.Cases), (name, _) => KernelWork.Of(name)),
        new("layers", [.. LayerSubjects.All.Select(l => new BenchCase(l.Name, [(int)l.Input[0]]))], (name, _) => new LayerWork(LayerSubjects.Of(name))),
        new("tokenizers", Plain(TokenizersWork.Cases), (name, _) => new TokenizersWork(name)),
        new("llm", Plain([.. LanguageCase.All.Select(c => c.Name), .. ServerWork.Cases]), (name, _) => name.StartsWith("server-", StringComparison.Ordinal) ? new ServerWork(name) : new LanguageWork(name)),
        new("llm-read", Plain(ReadWork.Cases), (name, _) => new ReadWork(name)),
        new("fork-join", Plain(["fork-join"]), (_, _) => new ForkJoinWork()),
        new("drivers-at-once", Drivers(), (name, batch) => new DriversWork(Networks.Of(name), batch, atOnce: true)),
        new("drivers-in-turn", Drivers(), (name, batch) => new DriversWork(Networks.Of(name), batch, atOnce: false)),
    ];

    /// <summary>The kind of that name that has the case; null where there is none.</summary>
    public static BenchKind? Find(string kind, string name) =>
        All.FirstOrDefault(k => k.Name == kind && k.Cases.Any(c => c.Name == name));

    private static IReadOnlyList<BenchCase> Plain(IEnumerable<string> names) => [.. names.Select(name => new BenchCase(name, [0]))];

    private static IReadOnlyList<BenchCase> Drivers() => [new("mlp", [32]), new("cnn", [32])];
}
