using System.CommandLine;
using Sarsen.Models;
using Sarsen.Terminal;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;

namespace Sarsen.Commands;

/// <summary><c>sarsen train spec.yaml</c>: from data to a model, in a run folder.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var spec = new Argument<string?>("spec") { Description = "The run's YAML file.", Arity = ArgumentArity.ZeroOrOne };
        var set = new Option<string[]>("--set") { Description = "A setting that goes before the file's: train.epochs=3. May be repeated.", HelpName = "path=value" };
        var run = new Option<string?>("--run") { Description = "The run's folder; runs/NAME when not given.", HelpName = "folder" };
        var resume = new Option<string?>("--resume") { Description = "Go on with the run of this folder.", HelpName = "folder" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Remove what an earlier run left in the folder." };
        var json = new Option<bool>("--json") { Description = "Write the run's events to standard output, a JSON object a line." };
        var schema = new Option<bool>("--schema") { Description = "Print the JSON Schema of specs, for editors, and end." };
        var command = new Verb("train", "Trains a model as a spec says.",
            "sarsen train samples/digits-cnn.yaml --set train.epochs=5",
            "sarsen train --resume runs/digits-cnn")
        {
            spec, set, run, resume, overwrite, json, schema,
        };
        command.SetAction((parsed, stop) => Task.FromResult(parsed.GetValue(schema)
            ? PrintSchema()
            : Run(parsed.GetValue(spec), parsed.GetValue(resume), parsed.GetValue(set) ?? [], new RunOptions
            {
                Folder = parsed.GetValue(run),
                Overwrite = parsed.GetValue(overwrite),
            }, parsed.GetValue(json), stop)));
        return command;
    }

    private static int Run(string? spec, string? resume, string[] overrides, RunOptions options, bool json, CancellationToken stop)
    {
        if ((spec is null) == (resume is null))
            throw new CommandException("train takes a spec, or --resume and the folder of a run: sarsen train spec.yaml");
        if (resume is not null && (overrides.Length > 0 || options.Folder is not null || options.Overwrite))
            throw new CommandException("a resumed run goes on as it began: --set, --run and --overwrite are for new ones");
        if (Directory.Exists(spec))
            throw new CommandException($"'{spec}' is a folder: train takes a spec's YAML file");
        RunSpec run = resume is null ? RunSpec.Load(spec!, overrides) : RunFolder.SpecOf(resume);
        options = options with { Folder = resume ?? options.Folder, Resume = resume is not null };
        RunResult result;
        try
        {
            result = json
                ? TrainingRun.Start(run, options with { Echo = Console.Out.WriteLine }, stop)
                : RunView.Watch(view => TrainingRun.Start(run, options with { Observer = view }, stop));
        }
        catch (NetworkException e) when (spec is not null)
        {
            throw SpecMistake.At(spec, e.Layer < 0 ? "model" : $"model.layers[{e.Layer}]", e.Message);
        }
        if (!json)
            RunView.Conclude(result);
        else if (result.Status == RunStatus.Interrupted)
            Console.Error.WriteLine($"sarsen: interrupted; to go on: {RunView.ToGoOn(result)}");
        return result.Status == RunStatus.Interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static int PrintSchema()
    {
        Console.Out.Write(SpecSchema.Generate(typeof(RunSpec), RunSpec.Choices));
        return ExitCode.Done;
    }
}
