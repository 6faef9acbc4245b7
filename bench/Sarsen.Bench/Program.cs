using System.Globalization;
using System.Runtime.InteropServices;
using Sarsen.Bench;
using Sarsen.Bench.Language;
using Sarsen.Tensors.Kernels;

// Our side of a benchmark. It prints a line when it is ready, then for each line «SECONDS» it reads it works for that
// long and prints the median time of one operation. «cases KIND» lists what can be asked for, «memory KIND CASE BATCH»
// what a step takes, «memory llm CASE» what a server holds, «model CASE» makes the file of a language model and names it, «peer layers CASE» what the other side of a layer builds; «curve SPEC OUT [PATH=VALUE …]» trains a
// language model and writes what PyTorch needs to do the same.
switch (args)
{
    case ["cases", var name] when BenchCatalogue.All.FirstOrDefault(k => k.Name == name) is { } kind:
        foreach (BenchCase entry in kind.Cases)
            Console.WriteLine($"{entry.Name} {string.Join(' ', entry.Batches)}");
        return 0;
    case ["memory", "train" or "infer", var name, var batch] when BenchCatalogue.Find(args[1], name) is { } kind:
        Console.WriteLine(MemoryReport.Of(kind, name, Number(batch)));
        return 0;
    case ["memory", "llm", var name] when ServerMemory.Cases.Contains(name):
        Console.WriteLine(ServerMemory.Of(name));
        return 0;
    case ["model", var name] when LanguageCase.All.Any(c => c.Name == name):
        Console.WriteLine(RandomModel.File(LanguageCase.Of(name)));
        return 0;
    case ["peer", "layers", var name] when BenchCatalogue.Find("layers", name) is not null:
        Console.WriteLine(LayerSubjects.Of(name).ToJson());
        return 0;
    case ["curve", var spec, var folder, .. var settings]:
        LossCurve.Write(spec, folder, settings);
        return 0;
    case [_, var name, var batch] when BenchCatalogue.Find(args[0], name) is { } kind:
        Serve(kind.Start(name, Number(batch)));
        return 0;
    default:
        Console.Error.WriteLine($"usage: Sarsen.Bench cases KIND | memory train|infer CASE BATCH | memory llm CASE | model CASE | peer layers CASE | curve SPEC OUT [PATH=VALUE ...] | KIND CASE BATCH, with KIND one of {string.Join(", ", BenchCatalogue.All.Select(k => k.Name))}");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static void Serve(Work work)
{
    using (work)
    {
        Stint.WarmUp(work);
        string result = work.Check() is { } check ? $", \"result\": \"{check}\"" : "";
        Console.WriteLine($$"""{"ready": "{{RuntimeInformation.FrameworkDescription}}, {{InstructionSets.Best}}"{{result}}}""");
        while (Console.ReadLine() is { } line)
            Console.WriteLine(Stint.Of(work, double.Parse(line, CultureInfo.InvariantCulture)));
    }
}
