using System.CommandLine;
using Sarsen.Terminal;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;

namespace Sarsen.Commands;

/// <summary><c>sarsen evaluate</c>: measures a model on its held-out part, or on other labelled rows.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "The folder of a model, or of the run that made it." };
        var data = new Option<string?>("--data") { Description = "Labelled rows to measure on; the part of the model's own data when not given.", HelpName = "file" };
        var part = new Option<EvaluatedPart?>("--part") { Description = "Which part of the model's own data: test, validation or training; test when not given.", HelpName = "part" };
        var json = new Option<bool>("--json") { Description = "Print a JSON object." };
        var command = new Verb("evaluate", "Measures a model by the metrics of its spec.",
            "sarsen evaluate runs/digits-cnn",
            "sarsen evaluate runs/digits-cnn --data new-digits.csv --json")
        {
            model, data, part, json,
        };
        command.SetAction((parsed, stop) =>
        {
            string folder = ModelPath.Of(parsed.GetValue(model)!);
            string? file = parsed.GetValue(data);
            if (file is not null && parsed.GetValue(part) is not null)
                throw new CommandException("evaluate measures on the rows of --data, or on a --part of the model's own: give one of them");
            EvaluatedPart own = parsed.GetValue(part) ?? EvaluatedPart.Test;
            EvaluationReport report = file is null
                ? ModelEvaluation.OfPart(folder, own, stop)
                : ModelEvaluation.OfData(folder, FileSource.ForModel(file, folder), stop);
            if (parsed.GetValue(json))
                Console.Out.WriteLine(report.ToJson());
            else
                ReportView.Write(Screen.Console, report, file ?? own.ToString().ToLowerInvariant());
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
