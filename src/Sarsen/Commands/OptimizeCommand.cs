using System.CommandLine;
using System.Globalization;
using Sarsen.Data.Sources;
using Sarsen.Server.Features.Models;
using Sarsen.Services;
using Sarsen.Terminal;
using Sarsen.Training.Optimisation;
using Sarsen.Training.Runs;

namespace Sarsen.Commands;

/// <summary><c>sarsen optimize</c>: a smaller or faster model of a trained one, and what that costs.</summary>
internal static class OptimizeCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "The folder of a model, or of the run that made it." };
        var to = new Option<WeightFormat>("--to") { Description = "f16: half the size, computed in f32; int8: a quarter of the size, computed in bytes.", Required = true, HelpName = "format" };
        var calibrate = new Option<string?>("--calibrate") { Description = "For int8: rows that fix what inputs lie between, a file or training, validation or test; each sample's own range when not given.", HelpName = "data" };
        var data = new Option<string?>("--data") { Description = "Labelled rows to measure on; the test part of the model's own data when not given.", HelpName = "file" };
        var maxLoss = new Option<string?>("--max-loss") { Description = "The most that the metric may get worse, such as 0.5%; a model that loses more is not kept.", HelpName = "part" };
        var metric = new Option<string?>("--metric") { Description = "The metric of --max-loss; the first of the model's spec when not given.", HelpName = "name" };
        var output = new Option<string?>("--out") { Description = "The new model's folder; MODEL-f16 or MODEL-int8 when not given.", HelpName = "folder" };
        var register = new Option<string?>("--register") { Description = "Register the new model as the next version of this name.", HelpName = "name" };
        var json = new Option<bool>("--json") { Description = "Print a JSON object." };
        var service = new ServiceOptions();
        var command = new Verb("optimize", "Makes a smaller or faster model of a trained one, and measures both.",
            "sarsen optimize runs/digits-cnn --to int8 --calibrate training --max-loss 0.5%",
            "sarsen optimize runs/digits-cnn --to f16 --out digits-f16 --register digits-cnn")
        {
            model, to, calibrate, data, maxLoss, metric, output, register, json,
        };
        service.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            string folder = ModelPath.Of(parsed.GetValue(model)!);
            WeightFormat format = parsed.GetValue(to);
            string target = parsed.GetValue(output) ?? $"{Given(parsed.GetValue(model)!)}-{format.ToString().ToLowerInvariant()}";
            if (format == WeightFormat.F16 && parsed.GetValue(calibrate) is not null)
                throw new CommandException("--calibrate is for int8: f16 computes in f32, whose inputs need no range");
            (EvaluatedPart? part, DataSource? rows) = Calibration(parsed.GetValue(calibrate), folder);
            OptimisationReport report = ModelOptimisation.Run(folder, target, new OptimisationOptions
            {
                To = format,
                CalibrationPart = part,
                CalibrationRows = rows,
                Rows = parsed.GetValue(data) is { } file ? FileSource.ForModel(file, folder) : null,
                MaxLoss = parsed.GetValue(maxLoss) is { } text ? PartOf(text) : null,
                Metric = parsed.GetValue(metric),
            }, stop);
            if (parsed.GetValue(json))
                Console.Out.WriteLine(report.ToJson());
            else
                OptimisationView.Write(Screen.Console, report);
            if (report.Model is null)
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"sarsen: {report.Metric} gets worse by {report.Loss * 100:0.###} %, at most {report.MaxLoss * 100:0.###} % was allowed: nothing was kept. {Cure(report)}"));
                return ExitCode.Failed;
            }
            if (parsed.GetValue(register) is { } name)
            {
                await using IService registry = service.Open(parsed);
                ModelVersionView version = await registry.RegisterAsync(name, target, stop);
                Console.Error.WriteLine($"{version.Model} version {version.Version} is registered");
            }
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The run's folder, or the model's: what the new one's name begins with.</summary>
    private static string Given(string path) => path.TrimEnd('/') is { Length: > 0 } name ? name : path;

    private static (EvaluatedPart? Part, DataSource? Rows) Calibration(string? given, string folder) => given switch
    {
        null => (null, null),
        "training" or "validation" or "test" => (Enum.Parse<EvaluatedPart>(given, ignoreCase: true), null),
        _ => (null, FileSource.ForModel(given, folder)),
    };

    private static double PartOf(string text)
    {
        bool percent = text.EndsWith('%');
        string number = percent ? text[..^1].TrimEnd() : text;
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and < double.PositiveInfinity
            ? percent ? value / 100 : value
            : throw new CommandException($"--max-loss takes a part such as 0.5% or 0.005, zero or more; found '{text}'");
    }

    private static string Cure(OptimisationReport report) => report.To == WeightFormat.F16
        ? "Keep f32, or allow more with --max-loss"
        : report.Calibrated ? "Leave --calibrate away, use --to f16, or allow more with --max-loss" : "Use --to f16, or allow more with --max-loss";
}
